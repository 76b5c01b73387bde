#include "common/privacy/uuencode.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/privacy/ascii.h"
#include "common/privacy/transfer_decoding.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestLine = 1024;  // of those that can be of a block
constexpr std::string_view kBegin = "begin ";
constexpr std::string_view kBeginBase64 = "begin-base64 ";

std::string_view without_return(std::string_view line)
{
    return line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0));
}

bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/// `644 name`: what follows the word.
bool is_mode(std::string_view rest)
{
    return rest.size() > 3 && is_octal(rest[0]) && is_octal(rest[1]) && is_octal(rest[2]) &&
           (is_blank(rest[3]) || is_octal(rest[3]));
}

bool is_begin(std::string_view line, std::string_view word)
{
    return line.starts_with(word) && is_mode(line.substr(word.size()));
}

bool is_code(char c)
{
    return c >= ' ' && c <= '`';
}
std::uint32_t value_of(char c)
{
    return static_cast<std::uint32_t>(c - ' ') & 0x3F;
}

}  // namespace

bool UuencodeDecoder::feed(std::string_view text)
{
    while (!text.empty() && out_.is_wanted()) {
        const auto newline = text.find('\n');
        const auto line = text.substr(0, newline);
        text.remove_prefix(newline == text.npos ? text.size() : newline + 1);
        if (newline != text.npos && line_.empty() && !is_line_long_) {
            take_line(without_return(line));
            continue;
        }
        is_line_long_ = is_line_long_ || line_.size() + line.size() > kLongestLine;
        if (!is_line_long_) line_.append(line);
        if (newline == text.npos) break;
        take_line(is_line_long_ ? std::string_view() : without_return(line_));
        line_.clear();
        is_line_long_ = false;
    }
    return out_.is_wanted();
}

void UuencodeDecoder::finish()
{
    if (!is_line_long_) take_line(without_return(line_));
    line_.clear();
    out_.flush();
    next_.finish();
}

void UuencodeDecoder::take_line(std::string_view line)
{
    if (state_ == State::in_block) return take_block_line(line);
    if (state_ == State::in_base64) {
        if (line == "====") {
            state_ = State::outside;
        } else {
            out_.put(decoded_base64(line));
        }
        return;
    }
    if (is_begin(line, kBegin)) state_ = State::in_block;
    if (is_begin(line, kBeginBase64)) state_ = State::in_base64;
}

/// A count of octets, then groups of four for three; blanks at the end may have been cut off.
void UuencodeDecoder::take_block_line(std::string_view line)
{
    const bool is_of_block = line != "end" && std::all_of(line.begin(), line.end(), is_code);
    std::size_t left = line.empty() ? 0 : value_of(line.front());
    const auto needed = (left + 2) / 3 * 4;
    if (!is_of_block || line.size() > needed + 4) {
        state_ = State::outside;
        return take_line(line);
    }
    for (std::size_t at = 1; left > 0; at += 4) {
        std::uint32_t bits = 0;
        for (std::size_t i = at; i < at + 4; ++i) {
            bits = bits << 6 | (i < line.size() ? value_of(line[i]) : 0);
        }
        const std::array<char, 3> octets = {static_cast<char>(bits >> 16),
                                            static_cast<char>(bits >> 8), static_cast<char>(bits)};
        const auto size = std::min<std::size_t>(left, octets.size());
        out_.put({octets.data(), size});
        left -= size;
    }
}

std::string decoded_uuencode(std::string_view text)
{
    StringSink octets;
    UuencodeDecoder decoder(octets);
    decoder.feed(text);
    decoder.finish();
    return octets.take();
}

}  // namespace mail::privacy
