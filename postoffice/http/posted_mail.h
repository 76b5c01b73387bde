/// A message that was posted, made into a mail: line ends, envelope, no Bcc. Pure.
#pragma once

#include <string>
#include <variant>

#include "common/envelope.h"
#include "postoffice/http/sender_rules.h"
#include "postoffice/http/wanted_envelope.h"

namespace postoffice::http
{

/// What is wrong with the message; the client has to change it.
struct PostedFault {
    enum class Kind {
        empty,
        no_sender,
        no_recipients,
        too_many_recipients,
        malformed_address,
        sender_not_allowed,
        header_too_large,  // to look for addresses in
        in_circles,        // over 50 Received
    };
    Kind kind = Kind::empty;
    std::string address = {};  // the one it is about; its beginning, if it is long
};

/// What the envelope lacks is the header's: Sender or From; To, Cc and Bcc; of a mail that is
/// resent, those of its newest Resent- block. A header without a sender: the default one.
///
/// message  with line ends of any kind; moved, since it may be large
/// returns  the content with CRLF line ends, without Bcc and Resent-Bcc, else octet by octet
[[nodiscard]] std::variant<mail::Message, PostedFault> posted_mail(std::string message,
                                                                   WantedEnvelope wanted,
                                                                   const SenderRules& rules);

/// The sender of an mbox line at the front (`From ann@example.org Fri Nov 20 …`); empty where there
/// is none.
[[nodiscard]] std::string mbox_sender(std::string_view message);
/// Takes that line off.
void remove_mbox_line(std::string& message);
/// The address of From; empty where there is none in what posted_mail() looks for addresses in.
[[nodiscard]] std::string from_address(std::string_view message);
/// Whether anything follows the header.
[[nodiscard]] bool has_body(std::string_view message);

}  // namespace postoffice::http
