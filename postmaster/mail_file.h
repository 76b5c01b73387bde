/// A mail that somebody has as a file: a message with any line ends, or a record of a spool.
#pragma once

#include <string>
#include <string_view>

#include "common/envelope.h"
#include "common/result.h"

namespace postmaster
{

struct MailFile {
    std::string content;      // CRLF line ends
    mail::Envelope envelope;  // of a record; without recipients where it is a plain message
};

/// Reads a file, or the standard input for "-". Where its name and its first octet say that it is a
/// record (`<id>.json`, or the original's 32 hex digits), the envelope is the record's.
///
/// errors  temporary: with the system's words; malformed, corrupt: a record that is none
/// blocks  until the end of the input
[[nodiscard]] mail::Result<MailFile> read_mail_file(const std::string& path);

/// Octets that come piece by piece, each LF without a CR before it as CRLF.
class CrlfText
{
public:
    void append(std::string_view octets);
    std::string& text() { return text_; }

private:
    std::string text_;
    bool last_was_cr_ = false;
};

}  // namespace postmaster
