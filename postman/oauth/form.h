/// application/x-www-form-urlencoded, as OAuth's requests and redirects carry it (RFC 6749 B).
/// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postman::oauth
{

using Form = std::vector<std::pair<std::string, std::string>>;

/// Everything but letters, digits, and - . _ ~ is percent-encoded: right in a query too.
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::string form_encode(const Form& form);
/// Nothing where a name comes twice (RFC 6749 3.1), an escape is broken, or there are more than 32.
[[nodiscard]] std::optional<Form> form_decode(std::string_view text);
/// The value of `name`; empty where it is not there.
[[nodiscard]] std::string value_of(const Form& form, std::string_view name);

}  // namespace postman::oauth
