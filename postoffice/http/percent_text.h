/// Percent-encoded text (RFC 3986 2.1), as queries and forms hold it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postoffice::http
{

enum class Plus {
    is_space,    // application/x-www-form-urlencoded
    is_refused,  // a query: some write it for a space and some for a plus
};

/// Nothing where a % has not two hex digits behind it, or a + is refused.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, Plus plus);

using NamedValue = std::pair<std::string_view, std::string_view>;  // both still encoded
/// `a=1&b&c=x=y`: at the ampersands, then at the first equals sign. Empty pairs are passed over.
/// Nothing where there are more than `most`.
[[nodiscard]] std::optional<std::vector<NamedValue>> split_pairs(std::string_view text,
                                                                 std::size_t most);

}  // namespace postoffice::http
