/// HTML's character references: `&period;`, `&#46;`, `&#x2e`, with and without their semicolon.
#pragma once

#include <cstddef>
#include <string_view>

namespace mail::privacy
{

struct HtmlReference {
    char32_t character = 0;
    std::size_t size = 0;  // octets; 0: there is none
};

/// With leading zeros, which may be many; a longer one is none.
inline constexpr std::size_t kLongestHtmlReference = 48;

/// The reference at the front of the text. Of the names those are known that can stand in an
/// address, a host name or a path, and those of characters that do not show.
[[nodiscard]] HtmlReference html_reference_at(std::string_view text);

}  // namespace mail::privacy
