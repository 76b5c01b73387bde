/// Puts a mail that cannot go now into nullmailer's queue, as nullmailer-queue does: written in
/// tmp/ beside it, synced, and only then there under its name. `postman pickup` takes it from
/// there.
#pragma once

#include <string>
#include <vector>

#include "common/clock.h"
#include "common/spool/files.h"
#include "common/spool/record.h"

namespace mail::nullmailer
{

/// queue   the directory, with tmp/ beside it (made where it is missing)
/// returns the file's name. Durable then
/// errors  temporary: nothing is kept
[[nodiscard]] mail::Result<std::string> put_into_queue(const std::string& queue,
                                                       const mail::Record& record,
                                                       const std::vector<std::string>& recipients,
                                                       mail::Files& files,
                                                       const mail::Clock& clock);

}  // namespace mail::nullmailer
