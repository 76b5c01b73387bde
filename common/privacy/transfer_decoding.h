/// Content-Transfer-Encodings, read as mail has them rather than as they should be (RFC 2045
/// section 6). Never fails: what is not in the alphabet is passed over, what is no escape stays.
#pragma once

#include <string>
#include <string_view>

namespace mail::privacy
{

/// Bytes outside the alphabet are passed over (RFC 2045 6.8); after padding a new group begins, so
/// texts that were encoded apart and put together decode to the end.
[[nodiscard]] std::string decoded_base64(std::string_view text);

/// Soft breaks go, white space before a line end goes (RFC 2045 6.7 rule 3), and `=` that is no
/// escape stays.
[[nodiscard]] std::string decoded_quoted_printable(std::string_view text);

/// The Q of RFC 2047 4.2: `_` is a space, and there are no lines.
[[nodiscard]] std::string decoded_q(std::string_view text);

}  // namespace mail::privacy
