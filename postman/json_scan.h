/// Finds where the values of a JSON text begin and end, without building it: a hostile answer costs
/// no memory beyond its bytes. What a value means is left to those who read it. Pure; never
/// recurses.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postman
{

inline constexpr std::size_t kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxJsonMembers = 64;  // each is compared with those before it

struct JsonMember {
    std::string_view key;    // between its quotes, as it stands
    std::string_view value;  // raw
};

/// The members of one object.
/// errors  malformed: not one object and nothing behind it, deeper than kMaxJsonDepth, a key twice
///         or with an escape, over kMaxJsonMembers
[[nodiscard]] mail::Result<std::vector<JsonMember>> json_members(std::string_view object);

/// Calls `each` with the raw text of every element, as far as the array is sound.
/// errors  malformed: not one array and nothing behind it, deeper than kMaxJsonDepth. The elements
///         before the fault have been given by then.
[[nodiscard]] mail::Result<mail::Done> json_elements(
    std::string_view array, const std::function<void(std::string_view)>& each);

/// The raw value of a member, or an empty view.
[[nodiscard]] std::string_view json_value(const std::vector<JsonMember>& members,
                                          std::string_view key);

/// The text of a raw string value without escapes; nothing otherwise.
[[nodiscard]] std::optional<std::string_view> plain_json_string(std::string_view raw);

}  // namespace postman
