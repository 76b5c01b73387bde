/// What a DKIM or DomainKeys signature says about the header (RFC 6376 3.5, RFC 4870 3.4). Reads
/// only: whether the signature holds is not asked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mail::privacy
{

struct SignatureTags {
    std::vector<std::string> signed_names;  // h=, lower-case
    std::vector<std::string> copied_names;  // the names in z=, lower-case
    bool has_h = false;
};

/// Reads the body of a signature field; what it cannot read it leaves empty.
[[nodiscard]] SignatureTags parse_signature(std::string_view field_body);

}  // namespace mail::privacy
