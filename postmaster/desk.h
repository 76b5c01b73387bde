/// The desk: what is lent, taken back, settled. HTTP calls it now, the operators' commands later.
/// It logs each hand-out and each outcome; it knows no HTTP.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/result.h"
#include "common/spool/spool.h"
#include "postmaster/batch.h"
#include "postmaster/desk_counts.h"
#include "postmaster/gate.h"

namespace postmaster
{

class Desk
{
public:
    Desk(mail::HandOut& hand_out, Gate& gate, BatchLimits limits,
         const mail::Clock& clock = mail::system_clock());

    /// Lends up to `max` mails (cut to the limits) for `seconds`, and gives the answer's JSON:
    /// {"lease":…,"seconds":…,"expires":…,"messages":[…]}. Nothing: nothing waits, or the client is
    /// gone.
    ///
    /// client_is_there  asked right before lending: a lease for nobody would only delay its mails;
    ///                  and now and then while mail after mail is held
    /// errors   temporary: what waits cannot be read or lent now
    /// blocks   for reads, inspections and one sync, and for the syncs of each mail held
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

    /// A courier is here. Whoever talks to couriers says so, once for each request.
    void note_visit() { counts_.visits.note(clock_); }
    /// Mails that the gate has held since the start, by HeldFor.
    HeldCounts held() const { return gate_.held(); }
    /// What was handed out since the start, and when a courier was here.
    const DeskCounts& counts() const { return counts_; }
    /// False after a write of the spool failed, until one succeeds.
    bool is_healthy() const { return healthy_; }

private:
    std::unique_ptr<Batch> filled(RecordForm form, BatchLimits limits, const std::string& head,
                                  const std::function<bool()>& client_is_there);
    template <class T>
    mail::Result<T> watched(mail::Result<T> result, std::string_view what);

    mail::HandOut& hand_out_;
    Gate& gate_;
    const BatchLimits limits_;
    const mail::Clock& clock_;
    DeskCounts counts_;
    std::atomic<bool> healthy_{true};
};

}  // namespace postmaster
