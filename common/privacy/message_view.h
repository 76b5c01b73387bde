/// Where the header fields and the parts of a message begin and end. Views into the bytes given; nothing is
/// copied or changed. Reads anything: bytes that are no header are body.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mail::privacy {

/// One header field with its folded lines.
struct HeaderField {
    std::string_view name;  // as it stands, without trailing space before the colon
    std::string_view raw;   // from the name to the end of the last line, line end included
    std::string_view body;  // after the colon, still folded, without the last line end
    std::size_t offset = 0; // of `raw` in the content
};

struct MessageView {
    std::vector<HeaderField> fields;
    std::string_view header;  // all fields, without the empty line
    std::string_view body;    // after the empty line

    /// The first field of this name (ASCII case folded), or nullptr.
    const HeaderField* find(std::string_view name) const;
};

/// A header ends at the first empty line, or before the first line that is no field and no
/// continuation (RFC 5322 2.2; such a line starts the body). An mbox `From ` first line is a field
/// without a name.
[[nodiscard]] MessageView view_message(std::string_view content);

/// Unfolded: CRLF before white space removed (RFC 5322 2.2.3).
[[nodiscard]] std::string unfolded(std::string_view field_body);
/// RFC 2047 words decoded into UTF-8; what cannot be decoded stays as it stands, and bytes that are
/// not UTF-8 become U+FFFD. Always valid UTF-8.
[[nodiscard]] std::string decoded_words(std::string_view text);
/// The Subject, unfolded and decoded; empty when there is none. Always valid UTF-8, at most 1,000 bytes.
[[nodiscard]] std::string decoded_subject(std::string_view content);
/// The original's `body` member: the decoded text parts, joined with a line `--- mail_boundary ---`.
/// Always valid UTF-8.
[[nodiscard]] std::string joined_text_parts(std::string_view content);

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace mail::privacy
