#include "postman/pace.h"

#include <algorithm>

namespace postman
{

Pace::Pace(double per_second, std::uint64_t most)
    : gap_(per_second > 0 ? static_cast<std::int64_t>(1000.0 / per_second) : 0), most_(most)
{
}

std::optional<mail::BootTime> Pace::take_turn(mail::BootTime now)
{
    const std::scoped_lock lock(mutex_);
    if (most_ > 0 && taken_ >= most_) return std::nullopt;
    ++taken_;
    const mail::BootTime begin = std::max(now, next_);
    next_ = begin + gap_;
    return begin;
}

bool Pace::is_used_up() const
{
    const std::scoped_lock lock(mutex_);
    return most_ > 0 && taken_ >= most_;
}

}  // namespace postman
