/// One lease while it is worked off: does it still run? Renews it past its half. Thread-safe.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "common/clock.h"
#include "postman/postmaster.h"

namespace postman
{

class LeaseKeeper
{
public:
    /// asked_at  when the request for the lease began: it ends for us before it ends for the
    /// postmaster
    LeaseKeeper(Postmaster& postmaster, std::string lease, mail::BootTime asked_at,
                std::chrono::seconds seconds, const mail::Clock& clock);

    const std::string& token() const { return lease_; }
    /// Will holds() ask the postmaster, which may take long? Never blocks.
    [[nodiscard]] bool is_due() const { return clock_.boot() >= renew_at_.load(); }
    /// Ask before each delivery. False: another courier may have the mail by now; deliver nothing.
    /// blocks  for one request, when it is time to renew
    [[nodiscard]] bool holds();

private:
    void renew(mail::BootTime now);

    Postmaster& postmaster_;
    const std::string lease_;
    const mail::Clock& clock_;
    std::mutex mutex_;
    mail::BootTime ends_;
    std::atomic<mail::BootTime> renew_at_;
};

}  // namespace postman
