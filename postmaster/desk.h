/// The desk: what is lent, taken back, settled. HTTP calls it now, the operators' commands later.
/// It logs each hand-out and each outcome; it knows no HTTP.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/privacy/scrub.h"
#include "common/result.h"
#include "common/spool/spool.h"
#include "postmaster/batch.h"

namespace postmaster
{

class Desk
{
public:
    Desk(mail::HandOut& hand_out, mail::privacy::ScrubRules rules, BatchLimits limits);

    /// Lends up to `max` mails (cut to the limits) for `seconds`, and gives the answer's JSON:
    /// {"lease":…,"seconds":…,"expires":…,"messages":[…]}. Nothing: nothing waits, or the client is
    /// gone.
    ///
    /// client_is_there  asked right before lending: a lease for nobody would only delay its mails
    /// errors   temporary: what waits cannot be read or lent now
    /// blocks   for reads and one sync
    [[nodiscard]] mail::Result<std::optional<std::string>> lease(
        std::size_t max, std::chrono::seconds seconds,
        const std::function<bool()>& client_is_there);
    /// Blocks until something may wait, `deadline`, or a stop.
    void wait_for_mail(std::chrono::steady_clock::time_point deadline, const std::stop_token& stop);

    /// Takes the courier's word; durable when it returns.
    [[nodiscard]] mail::Result<mail::Settlement> settle(const std::string& token,
                                                        const std::vector<mail::Outcome>& outcomes);
    /// errors  missing: the lease has ended
    [[nodiscard]] mail::Result<mail::Lease> renew(const std::string& token,
                                                  std::chrono::seconds seconds);
    /// errors  missing: the lease has ended
    [[nodiscard]] mail::Result<mail::Done> release(const std::string& token);

    /// The original's hand-out: a JSON array of up to 50 mails, which are in state/handed/ when it
    /// returns, for 7 days. "[]" when nothing waits, or the client is gone. errors  temporary:
    /// nothing was handed over
    [[nodiscard]] mail::Result<std::string> hand_over(const std::function<bool()>& client_is_there);

    /// False after a write of the spool failed, until one succeeds.
    bool is_healthy() const { return healthy_; }

private:
    template <class T>
    mail::Result<T> watched(mail::Result<T> result, std::string_view what);

    mail::HandOut& hand_out_;
    const mail::privacy::ScrubRules rules_;
    const BatchLimits limits_;
    std::atomic<bool> healthy_{true};
};

}  // namespace postmaster
