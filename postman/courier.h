/// One round: lease, deliver each mail, report each outcome, until nothing is left.
/// Knows nothing of HTTP or of ways out; those stand behind Postmaster and DeliveryBackend.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "postman/lease_keeper.h"
#include "postman/postmaster.h"
#include "postman/reporter.h"
#include "postman/way_out.h"

namespace postman
{

inline constexpr std::size_t kMailsPerLease = 50;  // at most

/// So many that all hands are done at about the same time: with 8 at work the last two of 50 would
/// go alone. jobs  at least 1
[[nodiscard]] constexpr std::size_t mails_per_lease(std::size_t jobs)
{
    return jobs < kMailsPerLease ? kMailsPerLease - kMailsPerLease % jobs : kMailsPerLease;
}

struct Round {
    RoundCounts counts;
    bool endpoint_failed = false;  // not reached, or not an answer we can use
    bool has_unreadable = false;   // records without a sound id: nothing can be said about them
};

class Courier
{
public:
    Courier(Postmaster& postmaster, WayOut& way_out) : postmaster_(postmaster), way_out_(way_out) {}

    /// wait  how long the first request may wait for mail; later ones of the round do not wait
    /// A stop ends the round after the deliveries that are at work; what was leased and not begun
    /// is given back.
    [[nodiscard]] Round run(std::chrono::seconds wait, std::stop_token stop);

private:
    bool is_over(const std::stop_token& stop) const;
    void note_unreadable(const Batch& batch, Round& round) const;
    bool work_off(const Batch& batch, LeaseKeeper& lease, Reporter& reporter, Round& round,
                  std::stop_token stop);
    void carry_all(const Batch& batch, LeaseKeeper& lease, Reporter& reporter,
                   std::stop_token stop);
    void give_back(const LeaseKeeper& lease);

    Postmaster& postmaster_;
    WayOut& way_out_;
};

}  // namespace postman
