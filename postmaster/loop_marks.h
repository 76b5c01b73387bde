/// How a mail is known again that has been out and come back. The scrub takes the trace away at
/// each passage, so a mail that circles (courier, a domain whose MX is the backend, postoffice)
/// would look new each time; the courier's own Received line, put on outside, gives it away.
/// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/envelope.h"

namespace postmaster
{

/// Does a Received field (RFC 5321 4.4) of this content name one of these hosts: after `by`, after
/// `from`, or as the name that was found for the peer (`from x (courier.example [192.0.2.1])`)? The
/// whole name, ASCII case folded, with or without a dot at its end.
[[nodiscard]] bool names_courier(std::string_view content, const std::vector<std::string>& hosts);

/// The same for the same mail to the same recipients, whatever relays put on top: 32 hex digits of
/// SHA-256 over the Message-ID and the recipients, in any order and case.
///
/// content  scrubbed: a Message-ID that is mapped on the first passage is the mapped one ever
/// after.
///          Without a Message-ID, all of it counts
[[nodiscard]] std::string loop_key(std::string_view content,
                                   const std::vector<std::string>& recipients);

}  // namespace postmaster
