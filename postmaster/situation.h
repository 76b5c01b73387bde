/// What an operator is told of postmaster: the numbers behind /metrics, /alarms and the status
/// page, all of one moment.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/clock.h"
#include "common/spool/spool.h"
#include "common/spool/spool_directory.h"
#include "postmaster/desk_counts.h"
#include "postmaster/gate.h"

namespace postmaster
{

struct Situation {
    mail::WallTime now{};
    mail::WallTime started{};
    mail::Census census;
    std::optional<mail::ShelfCounts> shelves;  // nothing: a shelf cannot be listed
    HeldCounts held_for{};                     // by the gate, since the start
    std::uint64_t leased = 0;                  // since the start, as the next four
    std::uint64_t handed_over = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, kOutcomeKinds> outcomes{};
    std::optional<mail::WallTime> last_visit;
    std::optional<mail::WallTime> last_lent;
    std::chrono::seconds silence{0};  // since a courier was here, or since the start
    std::chrono::seconds silence_limit{600};
    std::optional<mail::Room> room;  // on the spool's disk; nothing: it does not say
    std::uint64_t min_free = 0;      // as mail::is_enough takes it
    bool is_lost = false;            // the spool: the program is about to end
    std::optional<mail::WallTime> stopped_since;  // all hand-out, by `postmaster queue hold`
};

}  // namespace postmaster
