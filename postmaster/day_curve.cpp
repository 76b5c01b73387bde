#include "postmaster/day_curve.h"

#include <algorithm>

namespace postmaster
{

std::int64_t DayCurve::number_of(mail::BootTime now)
{
    return now / std::chrono::duration_cast<std::chrono::milliseconds>(kSlot);
}

void DayCurve::sample(mail::BootTime now, std::uint64_t came, std::uint64_t went)
{
    constexpr auto kAll = static_cast<std::int64_t>(kSlots);
    const std::int64_t number = std::max(number_of(now), newest_);
    // What nobody has sampled, a suspended machine say, was empty.
    const std::int64_t first = std::max(newest_ + 1, number - kAll + 1);
    for (std::int64_t slot = first; slot <= number; ++slot)
        ring_[static_cast<std::size_t>(slot % kAll)] = {};
    newest_ = number;
    Slot& slot = ring_[static_cast<std::size_t>(number % kAll)];
    slot.came += came - std::min(came, totals_.came);
    slot.went += went - std::min(went, totals_.went);
    totals_ = {came, went};
}

std::vector<DayCurve::Slot> DayCurve::slots() const
{
    std::vector<Slot> slots;
    for (std::size_t i = 1; i <= kSlots; ++i)
        slots.push_back(ring_[(static_cast<std::size_t>(newest_) + i) % kSlots]);
    return slots;
}

}  // namespace postmaster
