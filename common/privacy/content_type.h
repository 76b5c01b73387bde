/// Content-Type and its like: a value and its parameters (RFC 2045 section 5, RFC 2231).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/privacy/charset.h"

namespace mail::privacy
{

/// `text/plain; charset=utf-8`, `attachment; filename="a.txt"`.
struct ParameterizedValue {
    std::string value;  // lower-case, without comments: "text/plain", "attachment", "base64"
    std::vector<std::pair<std::string, std::string>>
        parameters;           // name in lower case; value decoded
    bool is_complete = true;  // false: there were more than could be read

    /// The first parameter of this (lower-case) name; empty where there is none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

/// Reads the body of such a field, as tolerantly as mail needs: values without the quotes they
/// should have, comments, missing semicolons at the end. Parameters that RFC 2231 cut into pieces
/// (`name*0=`, `name*1*=`) are put together and percent-decoded into UTF-8. At most 1,000 pieces
/// are read.
[[nodiscard]] ParameterizedValue parse_parameterized(std::string_view field_body);
/// The same with charsets that are opened already.
[[nodiscard]] ParameterizedValue parse_parameterized(std::string_view field_body,
                                                     Charsets& charsets);

}  // namespace mail::privacy
