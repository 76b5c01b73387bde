/// Text made into header fields: encoded words (RFC 2047), folded lines (RFC 5322 2.2.3),
/// parameters (RFC 2231). Pure. Line ends are LF.
#pragma once

#include <string>
#include <string_view>

namespace postoffice
{

/// "Subject: …\n", folded where it is long. What is not plain ASCII becomes encoded words of at
/// most 75 octets, cut between characters; so does what would be read as one. text  UTF-8 without
/// control characters
[[nodiscard]] std::string unstructured_field(std::string_view name, std::string_view text);

/// `Grüße <a@b.example>`: the words before the address as unstructured text, the address as it is.
/// mailbox  UTF-8 without control characters
[[nodiscard]] std::string mailbox_text(std::string_view mailbox);

/// `; filename="a b.txt"`, or in RFC 2231's form and pieces where that would not do. Each piece on
/// a line of its own. value  UTF-8 without control characters
[[nodiscard]] std::string parameter(std::string_view name, std::string_view value);

/// Is there a control character in it, or an octet that is not UTF-8?
[[nodiscard]] bool is_header_text(std::string_view text);

}  // namespace postoffice
