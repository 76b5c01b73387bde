/// Host names beyond ASCII, both ways (IDNA 2008, RFC 5891; libidn2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail::privacy
{

/// `xn--bcher-kva.example` of `bücher.example`; none where the name is ASCII or no host name.
/// A dot in front (a suffix) stays.
[[nodiscard]] std::optional<std::string> punycode_of(std::string_view host);

/// `bücher.example` of `xn--bcher-kva.example`; none where no label is punycode.
[[nodiscard]] std::optional<std::string> unicode_of(std::string_view host);

/// As people write it: all in lower case, all in upper case, the first letter of each label in
/// upper case. Letters of ASCII stay as they are: they are compared without case anyway.
[[nodiscard]] std::vector<std::string> in_every_case(std::string_view utf8);

}  // namespace mail::privacy
