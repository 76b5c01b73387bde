/// How long a mail may take to come in: a least rate, so that a client that sends a byte a minute
/// does not hold a connection and memory for ever, and a cap (RFC 5321 4.5.3.2). Pure; time is
/// handed in.
#pragma once

#include <chrono>
#include <cstdint>

#include "common/clock.h"

namespace postoffice
{

class TransferWatch
{
public:
    static constexpr std::chrono::seconds kGrace{60};
    static constexpr std::chrono::seconds kWindow{60};
    static constexpr std::uint64_t kLeastBytesPerSecond = 100;
    static constexpr std::chrono::hours kCap{1};

    explicit TransferWatch(mail::BootTime start) : start_(start), window_start_(start) {}

    /// bytes  of content that have come so far
    /// Returns whether the transfer may go on.
    bool check(mail::BootTime now, std::uint64_t bytes);
    /// Time in which we did not read (memory was short) is not the client's.
    void pause(mail::BootTime time)
    {
        start_ += time;
        window_start_ += time;
    }

private:
    mail::BootTime start_;
    mail::BootTime window_start_;
    std::uint64_t window_bytes_ = 0;  // that had come when the window opened
};

}  // namespace postoffice
