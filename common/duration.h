/// Lengths of time as options say them, and as people read them. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/result.h"

namespace mail
{

/// "5d", "36h", "90m", "300s" or "300". errors  malformed
[[nodiscard]] Result<std::chrono::seconds> parse_duration(std::string_view text);

/// The two largest units: "3 d 4 h", "12 min", "45 s". Never negative.
[[nodiscard]] std::string duration_words(std::chrono::seconds length);

}  // namespace mail
