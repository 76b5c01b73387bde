/// A number that many threads count up and one reads now and then. No lock, no order with anything
/// else: it costs one instruction where the line is in the cache. Begins at 0 with the program.
#pragma once

#include <atomic>
#include <cstdint>

namespace mail::metrics
{

class Counter
{
public:
    void add(std::uint64_t more = 1) noexcept { value_.fetch_add(more, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const noexcept
    {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// A number that goes up and down.
class Gauge
{
public:
    void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t value() const noexcept
    {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::int64_t> value_{0};
};

}  // namespace mail::metrics
