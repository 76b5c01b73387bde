/// The states of a queue in words: ours, and those of Postfix's queues. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/spool/spool.h"

namespace postmaster
{

/// "waiting", "leased", "deferred", "held", "failed", "corrupt".
[[nodiscard]] std::string_view word_of(mail::QueueState state) noexcept;
[[nodiscard]] std::optional<mail::QueueState> parse_queue_state(std::string_view word) noexcept;

/// As `postqueue -j` calls the queue that such mail would be in: "incoming", "active", "deferred",
/// "hold", "corrupt"; Postfix has no dead letters, those are "failed".
[[nodiscard]] std::string_view postfix_queue_of(mail::QueueState state) noexcept;

/// Where a list goes on: "<milliseconds>-<id>", and "-o" where the id is the original's. Empty: at
/// the beginning. parse: nothing where it is none of ours.
[[nodiscard]] std::string encode_cursor(const mail::QueuePlace& place);
[[nodiscard]] std::optional<mail::QueuePlace> parse_cursor(std::string_view text);

}  // namespace postmaster
