#include "postmaster/loop_book.h"

#include <algorithm>
#include <charconv>

#include "common/privacy/ascii.h"

namespace postmaster
{
namespace
{

constexpr std::size_t kHexDigits = 32;
constexpr std::int64_t kLatest = std::int64_t{1} << 40;  // sums with it do not overflow

/// The next word of a line, which ends at a space or with the line.
std::string_view take_word(std::string_view& line)
{
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

bool is_key(std::string_view word)
{
    return word.size() == kHexDigits && std::all_of(word.begin(), word.end(), [](char c) {
               return mail::privacy::hex_value(c) >= 0;
           });
}

bool is_within(std::int64_t time, std::int64_t now)
{
    return time > now - LoopBook::kWindowSeconds && time < now + LoopBook::kWindowSeconds;
}

}  // namespace

std::string encode_passage(const Passage& passage)
{
    return std::to_string(passage.seconds) + ' ' + passage.id.hex() + ' ' + passage.key;
}

std::optional<Passage> decode_passage(std::string_view line)
{
    const auto seconds = take_word(line);
    const auto id = mail::SpoolId::parse(take_word(line));
    const auto key = take_word(line);
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
    const bool is_number = error == std::errc() && end == seconds.data() + seconds.size();
    if (!is_number || value < 0 || value > kLatest || !id || !is_key(key) || !line.empty())
        return std::nullopt;
    return Passage{value, *id, std::string(key)};
}

LoopBook::Count LoopBook::count(const Passage& passage)
{
    std::erase_if(passages_,
                  [&](const Passage& one) { return !is_within(one.seconds, passage.seconds); });
    unsigned before = 0;
    for (const Passage& one : passages_) {
        if (one.key != passage.key) continue;
        ++before;
        if (one.id == passage.id) return {before, false};
    }
    if (passages_.size() == kMostPassages) passages_.pop_front();
    passages_.push_back(passage);
    return {before + 1, true};
}

}  // namespace postmaster
