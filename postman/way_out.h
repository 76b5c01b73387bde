/// What all couriers of one process share: the way out, the ledger, the pace and the rules.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <unordered_set>

#include "common/clock.h"
#include "common/privacy/inspection.h"
#include "postman/delivery_backend.h"
#include "postman/ledger.h"
#include "postman/pace.h"
#include "postman/plan.h"
#include "postman/reports/failure.h"
#include "postman/retry.h"
#include "postman/widths.h"

namespace postman
{

class Pulse;

struct CarryRules {
    std::chrono::seconds lifetime = kDefaultLifetime;
    Unconfirmed unconfirmed = Unconfirmed::resend;
    mail::privacy::ScrubRules scrub;  // the second scrub; an empty key only drops header names
    /// With --origin: the gate, whose scrub rules stand in the place of `scrub`. Null: no gate.
    std::shared_ptr<const mail::privacy::InspectionRules> gate = nullptr;
};

/// Deliveries at the same time, at most `jobs`; a suspect has the way out for itself.
class Gangway
{
public:
    explicit Gangway(unsigned jobs) : free_(jobs), jobs_(jobs) {}

    /// leave() with the same `alone`.
    [[nodiscard]] bool try_enter(bool alone);
    /// Blocks until there is room.
    void enter(bool alone);
    void leave(bool alone);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned free_;
    const unsigned jobs_;
};

/// The mails at work in this process: one that two endpoints hand out is delivered once.
class AtWork
{
public:
    [[nodiscard]] bool begin(const mail::SpoolId& id);
    void end(const mail::SpoolId& id);

private:
    std::mutex mutex_;
    std::unordered_set<mail::SpoolId, mail::SpoolId::Hash> ids_;
};

/// What stops a run.
enum class Fault { none, backend, ledger };

struct WayOut {
    DeliveryBackend& backend;
    Ledger& ledger;
    Pace& pace;
    const mail::Clock& clock;
    Chance chance;
    CarryRules rules;
    unsigned jobs = 4;
    Gangway gangway{jobs};
    AtWork at_work = {};
    Widths unconfirmed = {};  // W5: from the way out's answer until the ledger's sync is done
    FailureSink* failures = nullptr;         // told of what failed or is held; null: nobody
    Pulse* pulse = nullptr;                  // of a run that watches; null: nobody listens
    std::atomic<Fault> fault = Fault::none;  // once set, nothing more is started

    bool is_broken() const { return fault != Fault::none; }
};

/// Waits until `begin` on the boot clock or a stop. Returns at once when it is past.
void wait_until(const mail::Clock& clock, mail::BootTime begin, std::stop_token stop);

}  // namespace postman
