#include "postman/widths.h"

#include <algorithm>
#include <bit>

namespace postman
{
namespace
{

constexpr unsigned kSubBits = 4;  // 16 buckets to each power of two

std::size_t bucket_of(std::uint64_t value)
{
    const unsigned width = static_cast<unsigned>(std::bit_width(value));
    if (width <= kSubBits) return value;
    const unsigned shift = width - kSubBits - 1;
    return (std::size_t{shift} + 1) * 16 + ((value >> shift) & 15);
}

/// The largest value in it.
std::uint64_t top_of(std::size_t bucket)
{
    if (bucket < 16) return bucket;
    const std::size_t shift = bucket / 16 - 1;
    return ((std::uint64_t{16} + bucket % 16 + 1) << shift) - 1;
}

}  // namespace

void Widths::add(std::chrono::microseconds width)
{
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(width.count(), 0));
    const std::scoped_lock lock(mutex_);
    ++counts_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, width);
}

std::chrono::microseconds Widths::at(std::uint64_t rank) const
{
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        seen += counts_[bucket];
        if (seen > rank)
            return std::min(max_,
                            std::chrono::microseconds(static_cast<std::int64_t>(top_of(bucket))));
    }
    return max_;
}

Widths::Summary Widths::summary() const
{
    const std::scoped_lock lock(mutex_);
    if (count_ == 0) return {};
    return {count_, at((count_ - 1) / 2), at((count_ - 1) * 99 / 100), max_};
}

mail::Result<mail::Done> write_window_status(const Widths::Summary& widths,
                                             const std::string& state, mail::Files& files)
{
    const auto member = [](const char* name, auto value) {
        return std::string("\"") + name + "\":" + std::to_string(value);
    };
    const std::string text = "{\"unconfirmed_window\":{" + member("count", widths.count) + "," +
                             member("median_us", widths.median.count()) + "," +
                             member("p99_us", widths.p99.count()) + "," +
                             member("max_us", widths.max.count()) + "}}\n";
    const std::string aside = state + "/window.json.new";
    auto gone = files.unlink(aside);
    if (!gone && gone.error().kind != mail::ErrorKind::missing) return gone;
    auto file = files.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    return files.rename_over(aside, state + "/window.json");
}

}  // namespace postman
