/// Encoded things inside header fields: runs of base64 or hexadecimal digits, decoded once. A
/// panel's `X-Source-Cap` is one, and hides a host name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail::privacy
{

inline constexpr std::size_t kShortestToken = 16;

/// The octets of all tokens in a line, each followed by a line feed.
///
/// A run of base64 is read from its front and from behind each `-`, `_`, `/` and `+` in it, as what
/// stands before may be a word of its own; both alphabets are taken (RFC 4648 4, 5). A run of
/// hexadecimal digits is read from its first and from its second digit.
///
/// left     how many more tokens may be decoded; counted down
/// returns  nothing where there is no token
[[nodiscard]] std::string decoded_tokens(std::string_view line, std::size_t& left);

}  // namespace mail::privacy
