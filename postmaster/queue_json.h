/// Mails of the queue as JSON: the line of `queue list`, with the members that Postfix's
/// `postqueue -j` has, and the shorter ones of the other commands. Pure.
#pragma once

#include "common/result.h"
#include "common/spool/spool.h"
#include "postmaster/verdict.h"

namespace postmaster
{

/// {"queue_name","queue_id","arrival_time","message_size","forced_expire","sender","recipients":
///  [{"address","delay_reason"},…]}, and ours: "state"; where there is one "reason", "next_try" and
/// "leased_until" (seconds since 1970, as arrival_time); of a record that cannot be read "error".
/// Of the recipients those that are not delivered; delay_reason where there is one.
///
/// octets  of the file, for a record that cannot be read
[[nodiscard]] Json queue_line(const mail::QueuedMail& mail,
                              const mail::Result<mail::Record>& record, std::uint64_t octets);

/// {"id","state","since","reason"}
[[nodiscard]] Json head_json(const mail::QueuedMail& mail);
/// The same with {"from","recipients","to":[…],"subject","size"}, cut to what a list shows.
[[nodiscard]] Json short_json(const mail::QueuedMail& mail,
                              const mail::Result<mail::Record>& record);
/// [{"address","status","reason"},…], with "next_try" and "leased" where they apply.
[[nodiscard]] Json recipients_json(const mail::QueuedMail& mail, const mail::Record& record);

}  // namespace postmaster
