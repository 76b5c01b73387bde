#include "common/metrics/latency_histogram.h"

#include <algorithm>

namespace mail::metrics
{

void LatencyHistogram::observe(std::chrono::nanoseconds took, std::uint64_t times) noexcept
{
    const double seconds = std::chrono::duration<double>(took).count();
    const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    counts_[static_cast<std::size_t>(bucket - kBounds.begin())].fetch_add(
        times, std::memory_order_relaxed);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    microseconds_.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0)) * times,
                            std::memory_order_relaxed);
}

LatencyHistogram::Reading LatencyHistogram::read() const
{
    Reading reading;
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
        reading.count += counts_[i].load(std::memory_order_relaxed);
        reading.buckets.push_back({kBounds[i], reading.count});
    }
    reading.count += counts_.back().load(std::memory_order_relaxed);
    reading.sum = static_cast<double>(microseconds_.load(std::memory_order_relaxed)) / 1e6;
    return reading;
}

}  // namespace mail::metrics
