/// The query of a request: `name=number` pairs, each name once, no others than those that are
/// known.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "common/result.h"

namespace postmaster
{

using Query = std::map<std::string, std::uint64_t, std::less<>>;

/// Pure. "max=50&wait=0"; empty is fine.
/// errors  malformed: in words for the client: an unknown name, a name twice, a value that is not
/// one to
///         nine digits
[[nodiscard]] mail::Result<Query> parse_query(std::string_view text,
                                              std::initializer_list<std::string_view> known);

/// The value, or `otherwise` if it was not given.
[[nodiscard]] std::uint64_t value_or(const Query& query, std::string_view name,
                                     std::uint64_t otherwise);

}  // namespace postmaster
