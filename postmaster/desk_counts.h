/// What the desk has handed out since the start, and when a courier was here. Any thread; no lock.
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "common/metrics/counter.h"
#include "common/spool/spool.h"

namespace postmaster
{

class Batch;

/// When something last happened.
class LastTime
{
public:
    void note(const mail::Clock& clock) noexcept;
    [[nodiscard]] std::optional<mail::WallTime> wall() const;
    [[nodiscard]] std::optional<mail::BootTime> boot() const;

private:
    static constexpr std::int64_t kNever = -1;
    std::atomic<std::int64_t> wall_seconds_{kNever};
    std::atomic<std::int64_t> boot_milliseconds_{kNever};
};

inline constexpr std::size_t kOutcomeKinds = 4;

struct DeskCounts {
    LastTime visits;                     // by a courier, for whatever: the service notes them
    LastTime lent;                       // when one got mail
    mail::metrics::Counter leased;       // mails; each time anew
    mail::metrics::Counter handed_over;  // mails, by the original's hand-out
    mail::metrics::Counter bytes;        // of the content of both
    std::array<mail::metrics::Counter, kOutcomeKinds> outcomes;  // by mail::OutcomeKind

    /// which  `leased` or `handed_over`
    void note_lent(const Batch& batch, mail::metrics::Counter& which, const mail::Clock& clock);
    void note_settled(const std::vector<mail::Outcome>& told, const mail::Settlement& settlement);
};

}  // namespace postmaster
