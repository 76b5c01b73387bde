#include "postoffice/refusal_counts.h"

namespace postoffice
{

void RefusalCounts::add(const Reply& reply) noexcept
{
    const std::size_t used = used_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < used; ++i) {
        Place& place = places_[i];
        if (place.code != reply.code || place.enhanced != reply.enhanced) continue;
        place.count.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    if (used == kMost) return;
    places_[used].code = reply.code;
    places_[used].enhanced = reply.enhanced;
    places_[used].count.store(1, std::memory_order_relaxed);
    used_.store(used + 1, std::memory_order_release);
}

std::vector<RefusalCounts::Count> RefusalCounts::read() const
{
    const std::size_t used = used_.load(std::memory_order_acquire);
    std::vector<Count> counts;
    for (std::size_t i = 0; i < used; ++i)
        counts.push_back({places_[i].code, std::string(places_[i].enhanced),
                          places_[i].count.load(std::memory_order_relaxed)});
    return counts;
}

}  // namespace postoffice
