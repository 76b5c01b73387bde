/// The ledger as one sees it who has no part in it: read at once, without the run's lock, while a
/// courier may be writing. Nothing is changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/result.h"
#include "common/spool/files.h"
#include "postman/ledger_line.h"

namespace postman
{

class LedgerView
{
public:
    struct Summary {
        std::uint64_t octets = 0;
        std::uint64_t recipients = 0;   // of mails, that something is known of
        std::uint64_t open = 0;         // started, without an end: at work, or cut off (W5)
        std::uint64_t deferred = 0;     // tried, to be tried again
        std::uint64_t unconfirmed = 0;  // delivered, and the postmaster has not heard of it
        std::uint64_t damaged = 0;      // lines that cannot be read
    };

    /// dir     the state directory; without a ledger in it nothing is known
    /// errors  it cannot be read
    [[nodiscard]] static mail::Result<LedgerView> read(const std::string& dir, mail::Files& files);

    [[nodiscard]] Standing standing(const mail::SpoolId& id, std::string_view recipient) const;
    [[nodiscard]] const Summary& summary() const { return summary_; }

private:
    void take_in(std::string_view text);

    std::unordered_map<LedgerKey, Standing, LedgerKey::Hash> standings_;
    Summary summary_;
};

}  // namespace postman
