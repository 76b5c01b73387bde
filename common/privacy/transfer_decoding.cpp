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

constexpr auto kBase64Values = [] {
    std::array<int, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kBase64.size(); ++i) {
        values[static_cast<unsigned char>(kBase64[i])] = static_cast<int>(i);
    }
    return values;
}();

/// The octet of an escape `=XX` at the front, or -1.
int escaped_octet(std::string_view text)
{
    if (text.size() < 3 || text[0] != '=') return -1;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// The bytes of the blanks and the line end at the front; 0 where something else comes first.
std::size_t blank_line_end(std::string_view text)
{
    const auto end = text.find_first_not_of(" \t");
    if (end == std::string_view::npos) return text.size();
    if (text.substr(end).starts_with("\r\n")) return end + 2;
    return text[end] == '\n' ? end + 1 : 0;
}

}  // namespace

std::string decoded_base64(std::string_view text)
{
    std::string octets;
    octets.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const int value = kBase64Values[static_cast<unsigned char>(c)];
        if (value < 0) {
            if (c == '=') count = 0;
            continue;
        }
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            octets.push_back(static_cast<char>(bits >> count));
        }
    }
    return octets;
}

std::string decoded_quoted_printable(std::string_view text)
{
    std::string octets;
    octets.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '=') {
            const auto rest = text.substr(at);
            if (const int octet = escaped_octet(rest); octet >= 0) {
                octets.push_back(static_cast<char>(octet));
                at += 3;
                continue;
            }
            const auto soft_break = rest.size() == 1 ? 0 : blank_line_end(rest.substr(1));
            if (soft_break > 0 || rest.size() == 1) {
                at += 1 + soft_break;
                continue;
            }
        } else if (is_blank(c)) {
            const auto run_end = std::min(text.find_first_not_of(" \t", at), text.size());
            const bool at_line_end =
                blank_line_end(text.substr(run_end)) > 0 || run_end == text.size();
            if (!at_line_end) octets.append(text.substr(at, run_end - at));
            at = run_end;
            continue;
        }
        octets.push_back(c);
        ++at;
    }
    return octets;
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
