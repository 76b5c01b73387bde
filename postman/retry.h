/// When to try again, and when to give up. Pure; the caller brings time and chance.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace postman
{

inline constexpr std::chrono::seconds kRetryBase{60};
inline constexpr std::chrono::seconds kRetryCap{4000};  // Postfix: maximal_backoff_time
inline constexpr std::chrono::seconds kDefaultLifetime = std::chrono::hours(24 * 5);
inline constexpr std::uint32_t kPoisonStarts = 5;  // started so often, never ended

/// A number in 0..bound-1, all equally likely; bound is at least 1.
using Chance = std::function<std::uint64_t(std::uint64_t bound)>;

/// The kernel's random numbers.
Chance system_chance();

/// Full jitter: between one second and base * 2^(attempts - 1), at most the cap.
///
/// attempts  made so far, at least 1
[[nodiscard]] std::chrono::seconds retry_delay(std::uint32_t attempts, const Chance& chance,
                                               std::chrono::seconds base = kRetryBase,
                                               std::chrono::seconds cap = kRetryCap);

/// Is it time to give up? Asked after an attempt, so that there is always at least one.
[[nodiscard]] bool is_lifetime_over(std::int64_t first_attempt, std::int64_t now,
                                    std::chrono::seconds lifetime);

}  // namespace postman
