/// What to do with one mail, before anything is done: whom to deliver to, and what is known
/// already. The endpoint is not trusted: an address that could be taken for an option or a line of
/// its own goes nowhere. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/spool/record.h"
#include "common/spool/spool.h"
#include "postman/ledger_line.h"

namespace postman
{

/// What to do with a delivery that was started and has no end (W5: accepted or not, nobody knows).
enum class Unconfirmed { resend, hold };

struct Plan {
    std::vector<std::string> deliver;  // each address once
    std::vector<mail::Outcome>
        decided;         // done before, poison, held, unsound: reported without a try
    bool alone = false;  // it may have killed a run: nothing else beside it
};

using StandingOf = std::function<Standing(const std::string& recipient)>;

[[nodiscard]] Plan plan_delivery(const mail::Record& record, const StandingOf& standing_of,
                                 Unconfirmed unconfirmed);

/// What is wrong with an address from a record; empty if nothing is.
[[nodiscard]] std::string address_fault(std::string_view address);

}  // namespace postman
