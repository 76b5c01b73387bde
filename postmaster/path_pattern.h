/// Paths with a lease's token in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postmaster
{

/// 32 lower-case hex digits.
[[nodiscard]] bool is_lease_token(std::string_view text) noexcept;

/// Matches "/v1/leases/*/outcomes", where one `*` stands for a token: the token, or an empty string
/// where the pattern has none; nothing if the path is another.
[[nodiscard]] std::optional<std::string> match_path(std::string_view path,
                                                    std::string_view pattern);

}  // namespace postmaster
