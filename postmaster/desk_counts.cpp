#include "postmaster/desk_counts.h"

#include <algorithm>

#include "postmaster/batch.h"

namespace postmaster
{

void LastTime::note(const mail::Clock& clock) noexcept
{
    wall_seconds_.store(std::chrono::system_clock::to_time_t(clock.wall()),
                        std::memory_order_relaxed);
    boot_milliseconds_.store(clock.boot().count(), std::memory_order_relaxed);
}

std::optional<mail::WallTime> LastTime::wall() const
{
    const std::int64_t seconds = wall_seconds_.load(std::memory_order_relaxed);
    if (seconds == kNever) return std::nullopt;
    return std::chrono::system_clock::from_time_t(seconds);
}

std::optional<mail::BootTime> LastTime::boot() const
{
    const std::int64_t milliseconds = boot_milliseconds_.load(std::memory_order_relaxed);
    if (milliseconds == kNever) return std::nullopt;
    return mail::BootTime(milliseconds);
}

void DeskCounts::note_lent(const Batch& batch, mail::metrics::Counter& which,
                           const mail::Clock& clock)
{
    which.add(batch.entries().size());
    for (const BatchEntry& entry : batch.entries()) bytes.add(entry.bytes);
    lent.note(clock);
}

void DeskCounts::note_settled(const std::vector<mail::Outcome>& told,
                              const mail::Settlement& settlement)
{
    for (const mail::Outcome& outcome : told) {
        const auto& unknown = settlement.unknown;
        if (std::find(unknown.begin(), unknown.end(), outcome.id) != unknown.end()) continue;
        outcomes[static_cast<std::size_t>(outcome.kind)].add();
    }
}

}  // namespace postmaster
