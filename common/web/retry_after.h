/// The Retry-After header: seconds, or a date in any of HTTP's three forms (RFC 9110 10.2.3,
/// 5.6.7). Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "common/clock.h"

namespace mail::web
{

/// At most a day; a date that is past is 0 s. Nothing where the value is not sound.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                                    mail::WallTime now);

/// A date in any of HTTP's three forms. Nothing where it is none.
[[nodiscard]] std::optional<mail::WallTime> parse_http_date(std::string_view value);

}  // namespace mail::web
