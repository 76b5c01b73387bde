/// Where the header fields and the body of a message begin and end. Views into the bytes given;
/// nothing is copied or changed. Reads anything: bytes that are no header are body.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/ascii.h"
#include "common/privacy/encoded_words.h"

namespace mail::privacy
{

/// One header field with its folded lines.
struct HeaderField {
    std::string_view name;   // as it stands, without trailing space before the colon
    std::string_view raw;    // from the name to the end of the last line, line end included
    std::string_view body;   // after the colon, still folded, without the last line end
    std::size_t offset = 0;  // of `raw` in the content
};

/// Reads the fields one by one, in constant memory.
///
/// A header ends at the first empty line, or before the first line that is no field and no
/// continuation (RFC 5322 2.2; such a line starts the body). Space before the colon is taken (RFC
/// 5322 4.5), LF alone ends a line too. An mbox line at the front is a field without a name, and so
/// are those that follow it: Postfix's sendmail passes over them all and reads on.
class FieldReader
{
public:
    explicit FieldReader(std::string_view content) : content_(content) {}

    /// The next field into `field`; false at the header's end.
    bool next(HeaderField& field);

    /// Where the reading stands: after the last field read.
    std::size_t position() const { return position_; }
    /// Where the body begins, once next() has said false: after the empty line, if there is one.
    std::size_t body_begin() const;

private:
    std::string_view content_;
    std::size_t position_ = 0;
    bool mbox_lines_may_come_ = true;
};

struct MessageView {
    std::vector<HeaderField> fields;  // 56 bytes each
    std::string_view header;          // all fields, without the empty line
    std::string_view body;            // after the empty line

    /// The first field of this name (ASCII case folded), or nullptr.
    const HeaderField* find(std::string_view name) const;
};

/// All of it at once.
[[nodiscard]] MessageView view_message(std::string_view content);

/// `From ann@example.org Fri Nov 20 …`, as mbox files have it; `>From …` where it was quoted.
[[nodiscard]] bool is_mbox_line(std::string_view line);
/// Without the `>` at the front.
[[nodiscard]] std::string_view without_quote_marks(std::string_view line);
/// Without the CRLF or LF at the end; a CR alone is none.
[[nodiscard]] std::string_view without_line_end(std::string_view line);
/// Unfolded: CRLF before white space removed (RFC 5322 2.2.3).
[[nodiscard]] std::string unfolded(std::string_view field_body);
/// The Subject, unfolded and decoded; empty when there is none. Always valid UTF-8, at most 1,000
/// bytes.
[[nodiscard]] std::string decoded_subject(std::string_view content);
/// The original's `body` member: the decoded text parts, joined with a line `--- mail_boundary
/// ---`. Always valid UTF-8.
[[nodiscard]] std::string joined_text_parts(std::string_view content);

}  // namespace mail::privacy
