/// Watches postmaster for its operator: once a second for the log and the day's curve, and in full
/// when somebody asks.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "common/clock.h"
#include "common/spool/spool.h"
#include "postmaster/day_curve.h"
#include "postmaster/desk.h"
#include "postmaster/kept_shelves.h"
#include "postmaster/oldest_watch.h"
#include "postmaster/situation.h"

namespace postmaster
{

struct ObserverSettings {
    std::string spool;
    std::uint64_t min_free = 0;
    std::chrono::seconds silence_limit{600};
};

class Observer
{
public:
    /// All must outlive it.
    Observer(mail::HandOut& hand_out, const Desk& desk, ObserverSettings settings,
             const mail::Clock& clock = mail::system_clock());

    /// Every second or so, by one thread: writes what the log should have of the oldest mail.
    void tick();

    /// Any thread, as all below. blocks  for a listing of the shelves, now and then
    [[nodiscard]] Situation look();
    [[nodiscard]] std::vector<DayCurve::Slot> day() const;
    [[nodiscard]] mail::Result<KeptShelves::Newest> newest_kept() { return shelves_.newest(); }

private:
    std::uint64_t went() const;

    mail::HandOut& hand_out_;
    const Desk& desk_;
    const ObserverSettings settings_;
    const mail::Clock& clock_;
    const mail::WallTime started_;
    const mail::BootTime started_boot_;
    KeptShelves shelves_;
    OldestWatch oldest_;
    mutable std::mutex mutex_;  // of curve_
    DayCurve curve_;
};

}  // namespace postmaster
