/// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail::privacy
{

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

/// The bytes with U+FFFD in place of each byte that is no part of a UTF-8 character.
[[nodiscard]] std::string repaired_utf8(std::string_view octets);

/// Is a text UTF-8? Piece by piece; an end inside a character is taken for sound.
class Utf8Check
{
public:
    void feed(std::string_view octets);
    bool is_sound() const { return is_sound_; }

private:
    bool is_sound_ = true;
    std::string cut_;  // the front of a character
};

/// The octets at the end that may be the front of a character.
[[nodiscard]] std::size_t unfinished_utf8(std::string_view octets) noexcept;

/// Appends one character; it is none of the surrogates and at most U+10FFFF.
void append_character(char32_t character, std::string& utf8);

/// The longest beginning of at most `max_bytes` that does not end inside a character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace mail::privacy
