/// A message with attachments, made of what a command line says: header, text, files (RFC 5322,
/// 2045, 2047, 2231). Pure. Nothing of this machine is in it: the date is in UTC, the Message-ID
/// names the sender's domain, and a file's name is its last part.
#pragma once

#include <string>
#include <vector>

#include "common/clock.h"
#include "common/result.h"

namespace postoffice
{

struct Attachment {
    std::string path;  // only its last part is shown, and its extension tells the type
    std::string octets;
};

struct Composition {
    std::string sender;                   // `a@b` or `Name <a@b>`
    std::vector<std::string> recipients;  // the same, at least one
    std::string subject;
    std::string text;  // any line ends
    std::vector<Attachment> attachments = {};
};

/// What makes one message different from the next.
struct Uniqueness {
    mail::WallTime now;
    std::string message_id;  // the part before the @
    std::string boundary;    // so random that no text has it
};

/// returns  the message with LF line ends
/// errors   malformed: an address or the subject has a control character; one of them, or the text,
///          is not UTF-8; the sender has no address. A line for people
[[nodiscard]] mail::Result<std::string> compose(const Composition& what, const Uniqueness& unique);

/// By the name's extension; application/octet-stream where that says nothing.
[[nodiscard]] std::string_view type_of(std::string_view file_name);

}  // namespace postoffice
