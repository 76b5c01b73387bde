/// Tells the postmaster what became of the mails of one lease, in groups. Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/clock.h"
#include "postman/carrier.h"
#include "postman/ledger.h"
#include "postman/postmaster.h"

namespace postman
{

/// Recipients, by what became of them.
struct RoundCounts {
    std::size_t mails = 0;
    std::size_t delivered = 0;
    std::size_t deferred = 0;
    std::size_t failed = 0;
    std::size_t held = 0;
    std::size_t repeats = 0;  // delivered before, confirmed again

    void add(const Told& told);
    void add(const RoundCounts& counts);
};

class Reporter
{
public:
    Reporter(Postmaster& postmaster, std::string lease, Ledger& ledger, const mail::Clock& clock);

    void add(std::vector<Told> told);
    /// Has the oldest outcome waited long enough?
    [[nodiscard]] bool is_due() const;
    /// Reports then; what is not taken is said again later. Blocks for one request or two.
    void report_if_due();
    /// Reports what is left. False if some outcomes were not taken: their mails come again, and the
    /// ledger knows them.
    [[nodiscard]] bool report_all();
    [[nodiscard]] RoundCounts counts() const;
    /// The mails of which something was told.
    [[nodiscard]] std::set<mail::SpoolId> told() const;

private:
    std::vector<mail::Outcome> take_waiting();
    bool report(const std::vector<mail::Outcome>& outcomes);
    void note_settled(const std::vector<mail::Outcome>& outcomes,
                      const mail::Settlement& settlement);
    bool was_said(const mail::Outcome& outcome) const;

    Postmaster& postmaster_;
    const std::string lease_;
    Ledger& ledger_;
    const mail::Clock& clock_;
    mutable std::mutex mutex_;
    std::mutex reporting_;            // one request at a time
    std::set<mail::SpoolId> unsure_;  // said in a request without an answer; guarded by reporting_
    std::vector<mail::Outcome> waiting_;
    mail::BootTime oldest_{};
    RoundCounts counts_;
    std::set<mail::SpoolId> told_;
};

}  // namespace postman
