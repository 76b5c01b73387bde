/// How fast and how much: at most so many mails a second, at most so many in a run. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "common/clock.h"

namespace postman
{

class Pace
{
public:
    /// per_second  0: as fast as it goes
    /// most        0: no end
    Pace(double per_second, std::uint64_t most);

    /// Takes a turn for one mail.
    /// returns  when it may begin (`now` or later); nothing when the run has had its share
    [[nodiscard]] std::optional<mail::BootTime> take_turn(mail::BootTime now);
    [[nodiscard]] bool is_used_up() const;

private:
    const mail::BootTime gap_;
    const std::uint64_t most_;
    mutable std::mutex mutex_;
    std::uint64_t taken_ = 0;
    mail::BootTime next_{};
};

}  // namespace postman
