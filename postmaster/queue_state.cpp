#include "postmaster/queue_state.h"

#include <charconv>
#include <iterator>

namespace postmaster
{
namespace
{

using mail::QueuePlace;
using mail::QueueState;

constexpr std::string_view kOriginal = "-o";

struct Words {
    QueueState state;
    std::string_view ours, postfix;
};
// clang-format off
constexpr Words kWords[] = {
    {QueueState::waiting,  "waiting",  "incoming"},
    {QueueState::leased,   "leased",   "active"},
    {QueueState::deferred, "deferred", "deferred"},
    {QueueState::held,     "held",     "hold"},
    {QueueState::failed,   "failed",   "failed"},
    {QueueState::corrupt,  "corrupt",  "corrupt"},
};
// clang-format on

const Words& words_of(QueueState state) noexcept
{
    for (const Words& words : kWords)
        if (words.state == state) return words;
    return *std::begin(kWords);
}

}  // namespace

std::string_view word_of(QueueState state) noexcept
{
    return words_of(state).ours;
}

std::string_view postfix_queue_of(QueueState state) noexcept
{
    return words_of(state).postfix;
}

std::optional<QueueState> parse_queue_state(std::string_view word) noexcept
{
    for (const Words& words : kWords)
        if (words.ours == word) return words.state;
    return std::nullopt;
}

std::string encode_cursor(const QueuePlace& place)
{
    std::string text = std::to_string(place.milliseconds) + "-" + place.id.hex();
    if (place.of_original) text += kOriginal;
    return text;
}

std::optional<QueuePlace> parse_cursor(std::string_view text)
{
    QueuePlace place;
    if (text.empty()) return place;
    place.of_original = text.ends_with(kOriginal);
    if (place.of_original) text.remove_suffix(kOriginal.size());
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, place.milliseconds);
    if (error != std::errc() || stop == end || *stop != '-') return std::nullopt;
    const auto id = mail::SpoolId::parse({stop + 1, static_cast<std::size_t>(end - stop - 1)});
    if (!id) return std::nullopt;
    place.id = *id;
    return place;
}

}  // namespace postmaster
