/// The path in MAIL FROM:<...> and RCPT TO:<...> (RFC 5321 4.1.2, RFC 6531 3.3).
///
/// Wider than the grammar where mail in the world is wider: unqualified names (<root>), dots
/// anywhere in a local part, local parts over 64 octets (VERP and SRS make them; RFC 5321 4.5.3.1.1
/// asks receivers for 64 at least). Never wider where a byte could do harm later, in a header or an
/// argument list.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace postoffice
{

inline constexpr std::size_t kMaxDomainBytes = 255;  // RFC 5321 4.5.3.1.2
inline constexpr std::size_t kMaxPathBytes = 256;    // 4.5.3.1.3, <> included

struct Path {
    std::string mailbox;    // without <>, source route stripped, quotes kept; empty: <>
    std::string_view rest;  // what follows the >
    bool is_ascii = true;
};

enum class PathFault {
    syntax,
    control,  // a control character, NUL included
    too_long,
};

/// Reads a path at the start of `text`. Only its form is judged; whether the mailbox exists is
/// somebody else's business.
[[nodiscard]] std::variant<Path, PathFault> parse_path(std::string_view text);

}  // namespace postoffice
