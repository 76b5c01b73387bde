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

/// The longest beginning of at most `max_bytes` that does not end inside a character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace mail::privacy
