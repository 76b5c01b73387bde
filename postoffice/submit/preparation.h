/// From what a caller of sendmail gave to the mail that is handed over: the envelope, the fields
/// that are missing, the line ends. Every other octet stays. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/result.h"
#include "common/spool/record.h"
#include "postoffice/submit/sendmail_arguments.h"

namespace postoffice::submit
{

struct Caller {
    std::string user;    // the login name; the sender where nothing else says who
    std::string domain;  // public; of addresses without one. Empty: they stay as they are
};

/// text     of any line ends; may be empty. An mbox line (`From …`) in front is taken out
/// returns  the record, without sha256
/// errors   malformed: no recipient in the header though -t asks for them (exit 65), or an address
///          that could not stand in an SMTP command (exit 65); refused: no recipient at all (exit
///          64). A line for people
[[nodiscard]] mail::Result<mail::Record> prepared_mail(std::string_view text,
                                                       const SendmailArguments& arguments,
                                                       const Caller& caller, mail::WallTime now);

/// What of an address cannot stand between < and >: a control, a bare space, `<`, `>`, an open
/// quote; over 1,000 octets. Empty: sound.
[[nodiscard]] std::string address_fault(std::string_view address);

/// The same of all its addresses, with a word for whose it is.
[[nodiscard]] std::string envelope_fault(const mail::Envelope& envelope);

/// `root` -> `root@example.org`; others, and with no domain all, as they are.
[[nodiscard]] std::string qualified(const std::string& address, const std::string& domain);

/// Of the text on a terminal: all before the first line that is a lone dot.
[[nodiscard]] std::string_view before_lone_dot(std::string_view text);

}  // namespace postoffice::submit
