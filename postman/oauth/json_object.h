/// JSON of files and providers, read without trust: a bound on size and depth, no key twice, one
/// object. nlohmann/json stays behind the .cpp files that include this.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.h"

namespace postman::oauth
{

inline constexpr std::size_t kMaxJsonBytes = 256 * 1024;

/// errors  malformed: not one sound object
[[nodiscard]] mail::Result<nlohmann::json> parse_object(std::string_view text);

/// A member that is a string; empty where it is not there or is something else.
[[nodiscard]] std::string text_of(const nlohmann::json& object, const char* key);
/// A member that is a whole number, or one in a string (Microsoft's old endpoints send those).
[[nodiscard]] std::optional<std::int64_t> number_of(const nlohmann::json& object, const char* key);

}  // namespace postman::oauth
