/// A message as a person or a program gives it to a sendmail, made into a mail: whom it goes to,
/// whom it is from, and the fields that it has to have. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/result.h"
#include "common/spool/record.h"

namespace mail
{

/// What the command line said beside the message.
struct SubmissionOrders {
    std::vector<std::string> recipients = {};  // empty: those of the header
    bool adds_header_recipients = false;       // -t: both
    bool has_sender = false;                   // -f was given; else the header's
    std::string sender = {};                   // empty or "<>": the null sender
    std::string full_name = {};                // for a From that is missing
};

/// The recipients that the header names, each once: To, Cc and Bcc; of a mail that is resent, those
/// of the newest block of Resent- fields instead (RFC 5322 3.6.6).
[[nodiscard]] std::vector<std::string> header_recipients(std::string_view content);
/// Resent-Sender, Resent-From, Sender or From, by the same rule; empty where there is none.
[[nodiscard]] std::string header_sender(std::string_view content);

/// text     with line ends of any kind
/// returns  a record without Bcc and Resent-Bcc, with CRLF line ends
/// errors   malformed: no recipient, or no sender; a line for people
[[nodiscard]] mail::Result<mail::Record> submitted_mail(std::string_view text,
                                                        const SubmissionOrders& orders,
                                                        mail::WallTime now);

/// "Fri, 20 Nov 2026 08:27:27 +0000" (RFC 5322 3.3); always UTC.
[[nodiscard]] std::string rfc5322_date(mail::WallTime time);

/// Puts in front what RFC 5322 3.6 demands and the header has not: From, Date, Message-ID. The date
/// is in UTC and the identifier names the sender's domain: neither tells of this machine.
[[nodiscard]] std::string with_demanded_fields(const mail::Record& record,
                                               const std::string& full_name, mail::WallTime now);

/// What goes into those fields, where the sender alone does not tell.
struct FieldWords {
    std::string full_name = {};  // for a From
    std::string from = {};       // its address; empty: the sender
    std::string domain = {};     // of a Message-ID; empty: that of From, else the sender's
};
[[nodiscard]] std::string with_demanded_fields(const mail::Record& record, const FieldWords& words,
                                               mail::WallTime now);

}  // namespace mail
