/// ASCII, whatever the locale says: header names, tokens and host names compare this way.
#pragma once

#include <string>
#include <string_view>

namespace mail::privacy
{

constexpr char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t';
}
constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept
{
    if (is_digit(c)) return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string lowered(std::string_view text);
/// Without space, tab, CR and LF at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

}  // namespace mail::privacy
