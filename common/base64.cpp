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
    std::string text;
    text.reserve(base64_size(octets.size()));
    for (; octets.size() >= 3; octets.remove_prefix(3)) {
        const std::uint32_t group = static_cast<unsigned char>(octets[0]) << 16 |
                                    static_cast<unsigned char>(octets[1]) << 8 |
                                    static_cast<unsigned char>(octets[2]);
        const char four[] = {kAlphabet[group >> 18], kAlphabet[group >> 12 & 63],
                             kAlphabet[group >> 6 & 63], kAlphabet[group & 63]};
        text.append(four, sizeof four);
    }
    if (octets.empty()) return text;
    const std::uint32_t second = octets.size() == 2 ? static_cast<unsigned char>(octets[1]) : 0;
    const std::uint32_t group = static_cast<unsigned char>(octets[0]) << 16 | second << 8;
    text += kAlphabet[group >> 18];
    text += kAlphabet[group >> 12 & 63];
    text += octets.size() == 2 ? kAlphabet[group >> 6 & 63] : '=';
    text += '=';
    return text;
}

std::optional<std::string> base64_decode(std::string_view text)
{
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;

    std::string octets;
    octets.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < text.size() - padding; ++i) {
        const std::int32_t value = value_of(text[i]);
        if (value < 0) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        if (i % 4 != 3) continue;
        const char three[] = {static_cast<char>(group >> 16), static_cast<char>(group >> 8),
                              static_cast<char>(group)};
        octets.append(three, sizeof three);
        group = 0;
    }
    if (padding == 1) {  // 18 bits: two octets, and two bits that must be zero
        if ((group & 3) != 0) return std::nullopt;
        octets += static_cast<char>(group >> 10);
        octets += static_cast<char>(group >> 2);
    } else if (padding == 2) {  // 12 bits: one octet, and four bits that must be zero
        if ((group & 15) != 0) return std::nullopt;
        octets += static_cast<char>(group >> 4);
    }
    return octets;
}

}  // namespace mail
