#include "postman/retry.h"

#include <algorithm>
#include <random>

namespace postman
{

Chance system_chance()
{
    return [](std::uint64_t bound) {
        std::random_device device;
        return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(device);
    };
}

std::chrono::seconds retry_delay(std::uint32_t attempts, const Chance& chance,
                                 std::chrono::seconds base, std::chrono::seconds cap)
{
    std::chrono::seconds most = base;
    for (std::uint32_t i = 1; i < attempts && most < cap; ++i) most *= 2;
    most = std::min(most, cap);
    return std::chrono::seconds(1 + chance(static_cast<std::uint64_t>(most.count())));
}

bool is_lifetime_over(std::int64_t first_attempt, std::int64_t now, std::chrono::seconds lifetime)
{
    return now - first_attempt >= lifetime.count();
}

}  // namespace postman
