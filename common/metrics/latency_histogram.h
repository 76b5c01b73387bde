/// How long something took, counted in fixed buckets from 0.25 ms to 10 s. Any thread; no lock.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace mail::metrics
{

class LatencyHistogram
{
public:
    static constexpr std::array<double, 15> kBounds = {0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                       0.01,    0.025,  0.05,  0.1,    0.25,
                                                       0.5,     1,      2.5,   5,      10};  // s

    /// times  how many things took so long: those that were done together
    void observe(std::chrono::nanoseconds took, std::uint64_t times = 1) noexcept;

    /// As Prometheus has it: a bucket counts all that took up to its bound.
    struct Reading {
        struct Bucket {
            double bound = 0;  // seconds
            std::uint64_t count = 0;
        };
        std::vector<Bucket> buckets;
        std::uint64_t count = 0;  // of all, those over the last bound too
        double sum = 0;           // seconds
    };
    [[nodiscard]] Reading read() const;

private:
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts_{};
    std::atomic<std::uint64_t> microseconds_{0};
};

}  // namespace mail::metrics
