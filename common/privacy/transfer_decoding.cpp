#include "common/privacy/transfer_decoding.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t kNotBase64 = 0x80000000;

/// For each place in a group of four the 6 bits where they belong, so that a group is three ORs.
constexpr auto kBase64Values = [] {
    std::array<std::array<std::uint32_t, 256>, 4> values{};
    for (std::size_t place = 0; place < 4; ++place) {
        values[place].fill(kNotBase64);
        for (std::size_t i = 0; i < kBase64.size(); ++i) {
            values[place][static_cast<unsigned char>(kBase64[i])] =
                static_cast<std::uint32_t>(i << (18 - 6 * place));
        }
    }
    return values;
}();

constexpr std::size_t kGroupsAtOnce = 1024;
static_assert(3 * kGroupsAtOnce <= OctetBuffer::kSize);
constexpr std::size_t kFirstLine = 16;  // digits that begin a block in a text

bool is_base64(char c)
{
    return kBase64Values[3][static_cast<unsigned char>(c)] != kNotBase64;
}

/// Digits, padding, and white space at the end.
bool is_base64_line(std::string_view line)
{
    line = line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
    for (int padding = 0; padding < 2 && line.ends_with('='); ++padding) line.remove_suffix(1);
    return !line.empty() && std::all_of(line.begin(), line.end(), is_base64);
}

std::size_t line_size(std::string_view text)
{
    const auto newline = text.find('\n');
    return newline == text.npos ? text.size() : newline + 1;
}

/// The octet of an escape `=XX` at the front, or -1.
int escaped_octet(std::string_view text)
{
    if (text.size() < 3 || text[0] != '=') return -1;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// One line: without its trailing blanks and soft break, its escapes decoded. `line_end` is "\r\n",
/// "\n" or, at the end of the text, nothing.
void decode_line(std::string_view line, std::string_view line_end, OctetBuffer& out)
{
    const auto last = line.find_last_not_of(" \t");
    line = line.substr(0, last == line.npos ? 0 : last + 1);
    const bool is_soft = line.ends_with('=');
    if (is_soft) line.remove_suffix(1);
    for (auto escape = line.find('='); escape != line.npos; escape = line.find('=')) {
        out.put(line.substr(0, escape));
        const int octet = escaped_octet(line.substr(escape));
        out.put(octet < 0 ? '=' : static_cast<char>(octet));
        line.remove_prefix(escape + (octet < 0 ? 1 : 3));
    }
    out.put(line);
    if (!is_soft) out.put(line_end);
}

}  // namespace

bool Base64Decoder::decode(std::string_view text)
{
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    const auto* end = at + text.size();
    while (at < end && out_.is_wanted()) {
        if (count_ == 0) at = take_groups(at, end);
        if (at < end) take(*at++);
    }
    return out_.is_wanted();
}

void Base64Decoder::begin_another()
{
    count_ = 0;
    out_.put('\n');
}

/// Whole groups of four, until something else comes.
const unsigned char* Base64Decoder::take_groups(const unsigned char* at, const unsigned char* end)
{
    const auto groups = std::min(static_cast<std::size_t>(end - at) / 4, kGroupsAtOnce);
    auto* const begin = reinterpret_cast<unsigned char*>(out_.room(3 * groups));
    auto* to = begin;
    for (const auto* last = at + 4 * groups; at < last; at += 4, to += 3) {
        const auto bits = kBase64Values[0][at[0]] | kBase64Values[1][at[1]] |
                          kBase64Values[2][at[2]] | kBase64Values[3][at[3]];
        if (bits >= kNotBase64) break;
        to[0] = static_cast<unsigned char>(bits >> 16);
        to[1] = static_cast<unsigned char>(bits >> 8);
        to[2] = static_cast<unsigned char>(bits);
    }
    out_.advance(static_cast<std::size_t>(to - begin));
    return at;
}

void Base64Decoder::take(unsigned char c)
{
    const auto value = kBase64Values[3][c];
    if (value == kNotBase64) {
        if (c == '=') count_ = 0;
        return;
    }
    bits_ = bits_ << 6 | value;
    count_ += 6;
    if (count_ < 8) return;
    count_ -= 8;
    out_.put(static_cast<char>(bits_ >> count_));
}

void decode_base64(std::string_view text, OctetSink& octets)
{
    Base64Decoder decoder(octets);
    decoder.decode(text);
    decoder.flush();
    octets.finish();
}

void decode_base64_blocks(std::string_view text, OctetSink& octets)
{
    Base64Decoder decoder(octets);
    bool is_in_block = false;
    bool is_wanted = true;
    while (!text.empty() && is_wanted) {
        const auto line = text.substr(0, line_size(text));
        text.remove_prefix(line.size());
        const bool is_of_block = (is_in_block || line.size() >= kFirstLine) && is_base64_line(line);
        if (is_of_block) is_wanted = decoder.decode(line);
        if (is_in_block && !is_of_block) decoder.begin_another();
        is_in_block = is_of_block;
    }
    decoder.flush();
    octets.finish();
}

void decode_quoted_printable(std::string_view text, OctetSink& octets)
{
    OctetBuffer out(octets);
    while (!text.empty() && out.is_wanted()) {
        const auto newline = text.find('\n');
        auto line = text.substr(0, newline);
        text.remove_prefix(newline == text.npos ? text.size() : newline + 1);
        const bool has_cr = newline != text.npos && line.ends_with('\r');
        if (has_cr) line.remove_suffix(1);
        const auto line_end = newline == text.npos ? "" : has_cr ? "\r\n" : "\n";
        decode_line(line, line_end, out);
    }
    out.flush();
    octets.finish();
}

std::string decoded_base64(std::string_view text)
{
    StringSink octets;
    octets.reserve(text.size() / 4 * 3 + 3);
    decode_base64(text, octets);
    return octets.take();
}

std::string decoded_quoted_printable(std::string_view text)
{
    StringSink octets;
    octets.reserve(text.size());
    decode_quoted_printable(text, octets);
    return octets.take();
}

std::string decoded_q(std::string_view text)
{
    std::string octets;
    octets.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (const int octet = escaped_octet(text.substr(at)); octet >= 0) {
            octets.push_back(static_cast<char>(octet));
            at += 3;
        } else {
            octets.push_back(text[at] == '_' ? ' ' : text[at]);
            ++at;
        }
    }
    return octets;
}

}  // namespace mail::privacy
