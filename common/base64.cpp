#include "common/base64.h"

#include <array>
#include <cstdint>

namespace mail
{
namespace
{

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> kValues = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}();

std::int32_t value_of(char digit)
{
    return kValues[static_cast<unsigned char>(digit)];
}

}  // namespace

std::string base64_encode(std::string_view octets)
{
    std::string text(base64_size(octets.size()), '=');
    char* to = text.data();
    for (; octets.size() >= 3; octets.remove_prefix(3)) {
        const std::uint32_t group = static_cast<unsigned char>(octets[0]) << 16 |
                                    static_cast<unsigned char>(octets[1]) << 8 |
                                    static_cast<unsigned char>(octets[2]);
        *to++ = kAlphabet[group >> 18];
        *to++ = kAlphabet[group >> 12 & 63];
        *to++ = kAlphabet[group >> 6 & 63];
        *to++ = kAlphabet[group & 63];
    }
    if (octets.empty()) return text;
    const std::uint32_t second = octets.size() == 2 ? static_cast<unsigned char>(octets[1]) : 0;
    const std::uint32_t group = static_cast<unsigned char>(octets[0]) << 16 | second << 8;
    *to++ = kAlphabet[group >> 18];
    *to++ = kAlphabet[group >> 12 & 63];
    if (octets.size() == 2) *to = kAlphabet[group >> 6 & 63];
    return text;
}

std::optional<std::string> base64_decode(std::string_view text)
{
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;

    std::string octets(text.size() / 4 * 3 - padding, '\0');
    char* to = octets.data();
    const std::size_t whole = text.size() / 4 - (padding != 0 ? 1 : 0);
    std::int32_t fault = 0;  // negative once any digit was none
    for (std::size_t i = 0; i < whole; ++i) {
        const std::int32_t a = value_of(text[4 * i]), b = value_of(text[4 * i + 1]),
                           c = value_of(text[4 * i + 2]), d = value_of(text[4 * i + 3]);
        fault |= a | b | c | d;
        const auto group = static_cast<std::uint32_t>(a << 18 | b << 12 | c << 6 | d);
        *to++ = static_cast<char>(group >> 16);
        *to++ = static_cast<char>(group >> 8);
        *to++ = static_cast<char>(group);
    }
    std::uint32_t group = 0;
    for (const char digit : text.substr(4 * whole, text.size() - 4 * whole - padding)) {
        fault |= value_of(digit);
        group = group << 6 | static_cast<std::uint32_t>(value_of(digit));
    }
    if (padding == 1) {  // 18 bits: two octets, and two bits that must be zero
        fault |= (group & 3) != 0 ? -1 : 0;
        *to++ = static_cast<char>(group >> 10);
        *to = static_cast<char>(group >> 2);
    } else if (padding == 2) {  // 12 bits: one octet, and four bits that must be zero
        fault |= (group & 15) != 0 ? -1 : 0;
        *to = static_cast<char>(group >> 4);
    }
    if (fault < 0) return std::nullopt;
    return octets;
}

std::string base64url_encode(std::string_view octets)
{
    std::string text = base64_encode(octets);
    while (text.ends_with('=')) text.pop_back();
    for (char& digit : text) digit = digit == '+' ? '-' : digit == '/' ? '_' : digit;
    return text;
}

}  // namespace mail
