/// Characters that are not what they look like: soft hyphens, joiners and marks of direction, which
/// nobody sees, and other forms of ASCII, which programs take for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail::privacy
{

/// Does not show, or shows nothing.
[[nodiscard]] bool is_invisible(char32_t character) noexcept;
/// Looks like the ASCII hyphen and is another.
[[nodiscard]] bool is_other_hyphen(char32_t character) noexcept;

/// The ASCII that a program reads a name's character as (UTS 46, RFC 5895): a full-width or
/// mathematical letter, a circled or raised digit, an ideographic full stop. 0: it is no such one.
[[nodiscard]] char ascii_for(char32_t character) noexcept;

/// May an octet begin such a character in UTF-8? NUL is one itself.
[[nodiscard]] constexpr bool may_begin_other_look(char octet) noexcept
{
    switch (static_cast<unsigned char>(octet)) {
        case 0x00:
        case 0xC2:
        case 0xCD:
        case 0xD8:
        case 0xE1:
        case 0xE2:
        case 0xE3:
        case 0xEF:
        case 0xF0:
        case 0xF3:
            return true;
        default:
            return false;
    }
}

struct Utf8Character {
    char32_t character = 0;
    std::size_t size = 0;  // octets; 0: none that is whole
};
/// The character of two octets or more at the front.
[[nodiscard]] Utf8Character long_character_at(std::string_view text) noexcept;
inline constexpr std::size_t kLongestUtf8 = 4;

/// The text without what does not show, and with ASCII in the place of its other forms.
[[nodiscard]] std::string as_shown(std::string_view text);

}  // namespace mail::privacy
