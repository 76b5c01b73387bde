/// Text of mails in a page (HTML Living Standard 13.1.4, 13.1.2.3). Pure.
#pragma once

#include <string>
#include <string_view>

namespace postmaster
{

/// The text as shown() has it (no control character, nothing that turns its direction), with `&`,
/// `<`, `>` and both quotes as references: it stands between tags and in quoted attributes.
[[nodiscard]] std::string html_text(std::string_view text);

/// The same of at most `columns` characters; what was cut off is told by a last `…`.
[[nodiscard]] std::string html_text(std::string_view text, std::size_t columns);

}  // namespace postmaster
