/// What the state directory says of the courier: its last rounds, its ledger, what it has done. For
/// people, and for checks that want an exit code.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/result.h"
#include "common/spool/files.h"
#include "postman/ledger_view.h"
#include "postman/metrics/totals.h"

namespace postman
{

struct CourierStatus {
    Totals totals;  // all zero: no round yet
    LedgerView::Summary ledger;

    /// The last successful round began no longer than `max_age` ago. now: seconds since 1970
    [[nodiscard]] bool is_fresh(std::int64_t now, std::chrono::seconds max_age) const;
};

/// Takes no lock, writes nothing: a courier may be at work.
/// errors  the directory is not there, or cannot be read
[[nodiscard]] mail::Result<CourierStatus> read_status(const std::string& state, mail::Files& files);

[[nodiscard]] std::string status_text(const CourierStatus& status, std::int64_t now,
                                      std::chrono::seconds max_age);
/// One object in one line: {"fresh","last_round":{"time","ok","via","mails","delivered",…},
/// "last_success","rounds_ok","rounds_failed","mails","ledger":{…},"ways_out":{"<name>":{"delivered",…}}};
/// times in seconds since 1970, 0 for none.
[[nodiscard]] std::string status_json(const CourierStatus& status, std::int64_t now,
                                      std::chrono::seconds max_age);

}  // namespace postman
