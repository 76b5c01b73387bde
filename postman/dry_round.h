/// `postman --dry-run`: asks for mail as a round does, says what would become of each recipient,
/// and gives the lease back. Nothing is delivered, reported or written down.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "common/result.h"
#include "postman/delivery_backend.h"
#include "postman/postmaster.h"
#include "postman/way_out.h"

namespace postman
{

/// standing_of  what the ledger knows of a recipient of a mail
/// errors       temporary: the endpoint gives no lease, or did not take it back: its mails wait
/// until
///              the lease has ended
/// blocks       for the endpoint's two answers
[[nodiscard]] mail::Result<mail::Done> dry_round(
    Postmaster& postmaster, const DeliveryBackend& backend, const CarryRules& rules,
    const std::function<Standing(const mail::SpoolId&, const std::string&)>& standing_of,
    std::ostream& out);

}  // namespace postman
