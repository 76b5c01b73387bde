/// How many mails came and went, by ten minutes, over the last 24 hours. In memory: it begins empty
/// with the program. Pure; the boot clock, so that a step of the wall clock bends nothing.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/clock.h"

namespace postmaster
{

class DayCurve
{
public:
    static constexpr std::chrono::minutes kSlot{10};
    static constexpr std::size_t kSlots = 24 * 6;
    struct Slot {
        std::uint64_t came = 0;
        std::uint64_t went = 0;
        bool operator==(const Slot&) const = default;
    };

    explicit DayCurve(mail::BootTime start) : newest_(number_of(start)) {}

    /// came, went  since the start; what they have grown by belongs to the slot of `now`
    void sample(mail::BootTime now, std::uint64_t came, std::uint64_t went);
    /// kSlots of them, the oldest first; the last one is that of the last sample.
    [[nodiscard]] std::vector<Slot> slots() const;

private:
    static std::int64_t number_of(mail::BootTime now);

    std::array<Slot, kSlots> ring_{};  // by a slot's number
    std::int64_t newest_;              // the number of the slot that grows
    Slot totals_;                      // of the last sample
};

}  // namespace postmaster
