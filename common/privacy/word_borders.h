/// Where words begin and end. A word is letters and digits of ASCII: in `„web1“` and `my_web1-2`
/// the name stands between borders, in `myweb1` it does not.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "common/privacy/ascii.h"

namespace mail::privacy
{

constexpr bool is_alphanumeric(char c) noexcept
{
    return is_letter(c) || is_digit(c);
}

/// Of escaped line ends and their like, as programs print them: `\nweb1`.
inline constexpr std::array kEscapeLetters = {'n', 'r', 't', 'b', 'f'};

/// Does a word reach up to `at` from before? The `n` of `\n` is none.
constexpr bool is_word_before(std::string_view text, std::size_t at) noexcept
{
    if (at == 0 || !is_alphanumeric(text[at - 1])) return false;
    if (at < 2 || text[at - 2] != '\\') return true;
    return std::find(kEscapeLetters.begin(), kEscapeLetters.end(), text[at - 1]) ==
           kEscapeLetters.end();
}
constexpr bool is_word_after(std::string_view text, std::size_t at) noexcept
{
    return at < text.size() && is_alphanumeric(text[at]);
}

/// Does text[begin, end) begin and end at borders? Where it begins or ends with another octet than
/// a letter or digit, there is one.
constexpr bool is_between_borders(std::string_view text, std::size_t begin,
                                  std::size_t end) noexcept
{
    const bool begins = !is_alphanumeric(text[begin]) || !is_word_before(text, begin);
    const bool ends = !is_alphanumeric(text[end - 1]) || !is_word_after(text, end);
    return begins && ends;
}

}  // namespace mail::privacy
