/// The parts of a message (RFC 2045, 2046): where each begins and ends, and what it says when
/// decoded.
///
/// Reads what mail has, not only what it should have: boundaries that never close, a boundary that
/// the type does not name, parts without a header. Everything in the message is in one of the
/// parts, but for the boundary lines and the empty lines after headers. Never recurses; limits
/// bound time and memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/part_header.h"

namespace mail::privacy
{

struct MimePart {
    enum class Role {
        leaf,       // has content of its own
        container,  // a multipart or a nested message: the parts that follow are in it
        preamble,   // before the first boundary line; no header
        epilogue,   // after the last one; no header
    };

    Role role = Role::leaf;
    std::string_view header;  // its fields as they stand, without the empty line
    std::string_view late;    // fields behind a malformed line; may be in `body` too
    std::string_view
        body;  // as it stands, encoded; the line end before a boundary line is not in it
    std::string type =
        "text/plain";     // lower-case; what the default is where none is given (RFC 2045 5.2)
    std::string charset;  // lower-case; empty where none is given
    TransferEncoding encoding = TransferEncoding::identity;
    unsigned depth = 0;          // of containers around it
    bool is_signed = false;      // in a multipart/signed: its bytes are not to be changed
    bool is_attachment = false;  // not shown with the text, as far as the header says
    /// "1.2", as IMAP counts (RFC 9051 6.4.5.1). Of a message that is a multipart: the message's.
    std::string number;
    bool is_nested = false;   // of a message inside the message
    bool is_message = false;  // its header is a message's own, not that of a part
    std::string message;      // of such a header: the number of the part that the message is in
    std::size_t encoded_at = kNotEncoded;  // in a container that was encoded: where that one's body
                                           // begins in the content
    static constexpr std::size_t kNotEncoded = static_cast<std::size_t>(-1);

    bool is_text() const { return type.starts_with("text/"); }
    /// A message with its own header and body is in it.
    bool is_of_message_type() const;
};

struct PartLimits {
    unsigned depth = 16;                           // containers inside each other
    std::size_t parts = 1000;                      // all roles together
    std::size_t decoded_bytes = 64 * 1024 * 1024;  // of containers that were encoded
};

struct MimeParts {
    std::vector<MimePart> parts;  // in the order in which they stand
    bool is_complete = true;      // false: a limit was reached, and a container is shown as a leaf
    std::string why;              // not complete: the first such limit, "nested 16 deep"
    std::vector<std::unique_ptr<const std::string>> decoded;  // encoded containers, for the views
};

/// Reads a whole message. The parts are views of `content`, which has to outlive them.
/// Takes time linear in the size times the depth.
[[nodiscard]] MimeParts read_parts(std::string_view content, const PartLimits& limits = {});

/// The body's octets after base64 or quoted-printable.
[[nodiscard]] std::string decoded_body(const MimePart& part);

/// The decoded body as text: from the part's charset into UTF-8. An unknown or missing charset is
/// taken for UTF-8. Always valid UTF-8.
[[nodiscard]] std::string decoded_text(const MimePart& part);

}  // namespace mail::privacy
