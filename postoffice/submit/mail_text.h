/// `postoffice mail`: a message made of a subject, addresses and a text, as mail(1) does. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postoffice::submit
{

struct MailWords {
    std::string from;
    std::vector<std::string> to;
    std::string subject;  // UTF-8; empty: no such field
};

/// The message with LF line ends: From, To, Subject, and MIME fields that tell the text's charset.
[[nodiscard]] std::string mail_text(const MailWords& words, std::string_view text);

/// A field's value in ASCII: as it is, or in encoded words of at most 75 characters (RFC 2047).
/// Control characters become spaces.
[[nodiscard]] std::string encoded_field(std::string_view value);

/// The message with a To of this address, where it names nobody yet.
[[nodiscard]] std::string with_recipient(std::string_view message, const std::string& recipient);

}  // namespace postoffice::submit
