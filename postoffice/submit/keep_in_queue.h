/// --queue: what could not go at once, in nullmailer's format, until `sendmail -q` sends it.
///
///     queue/1795163247.4711        a mail
///     queue/.1795163247.4711.key   where the origin side may have it already: the idempotency key
///                                  of that try, so that it knows the mail again
///     tmp/, failed/                beside it: being written; refused, for a person to see
#pragma once

#include <string>

#include "common/result.h"
#include "common/spool/record.h"

namespace postoffice::submit
{

/// key      empty: of a mail that nobody can have
/// returns  the file's name; the mail is durable then
/// blocks   for three syncs
[[nodiscard]] mail::Result<std::string> keep_in_queue(const std::string& queue,
                                                      const mail::Record& record,
                                                      const std::string& key);

/// Where the key of a mail's first try is.
[[nodiscard]] std::string key_path(const std::string& queue, const std::string& name);

}  // namespace postoffice::submit
