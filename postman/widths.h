/// How wide a window was, each time: a histogram of durations that never grows. Thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "common/spool/files.h"

namespace postman
{

class Widths
{
public:
    struct Summary {
        std::uint64_t count = 0;
        std::chrono::microseconds median{0};  // of a bucket: at most 1/16 too high
        std::chrono::microseconds p99{0};
        std::chrono::microseconds max{0};  // exact
    };

    void add(std::chrono::microseconds width);
    [[nodiscard]] Summary summary() const;

private:
    static constexpr std::size_t kBuckets = 64 * 16;
    std::chrono::microseconds at(std::uint64_t rank) const;

    mutable std::mutex mutex_;
    std::array<std::uint64_t, kBuckets> counts_{};
    std::uint64_t count_ = 0;
    std::chrono::microseconds max_{0};
};

/// `window.json` in the courier's state directory:
/// {"unconfirmed_window":{"count":…,"median_us":…,"p99_us":…,"max_us":…}}, of the run so far.
[[nodiscard]] mail::Result<mail::Done> write_window_status(const Widths::Summary& widths,
                                                           const std::string& state,
                                                           mail::Files& files);

}  // namespace postman
