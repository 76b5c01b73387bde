/// Message identifiers (RFC 5322 3.6.4): which of them show the origin, and what stands in their
/// place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/privacy/field_search.h"
#include "common/privacy/origin_values.h"

namespace mail::privacy
{

/// A keyed map from identifiers to identifiers, without a database: the same id under the same key
/// gives the same id, in Message-ID, In-Reply-To and References alike, and nobody without the key
/// can guess back. What it gives, it leaves alone.
class MessageIdMap
{
public:
    /// key           of the HMAC-SHA256
    /// public_domain right side of mapped ids; never taken for the origin
    /// search        finds the origin in further forms, hexadecimal or base64 say; may be null
    MessageIdMap(std::string_view key, std::string_view public_domain, const OriginValues& origin,
                 FieldSearch* search = nullptr);

    /// Does an id (without its angle brackets) show the origin? That is, its right side belongs to
    /// the origin, is a name without a dot, ends in a name that the public DNS does not have, is or
    /// carries an address; or its left side carries another `@`, an address or a value of the
    /// origin, in any form that the search knows.
    [[nodiscard]] bool shows_origin(std::string_view id) const;

    /// What it takes to read the body of a field: its octets, with each id counted as no shorter
    /// than a mapped one. So what comes out takes no more than what went in.
    [[nodiscard]] std::size_t cost_of(std::string_view field_body) const;

    /// `<base32(HMAC-SHA256(key, id))[0:26]>@<public domain>`
    [[nodiscard]] std::string mapped(std::string_view id) const;

    /// The body of a field with each id that shows the origin mapped; everything else stays, byte
    /// for byte. None where nothing changed. An id may stand in angle brackets or bare.
    [[nodiscard]] std::optional<std::string> rewritten(std::string_view field_body) const;

private:
    bool search_shows(std::string_view text) const;

    std::string_view key_;
    std::string_view public_domain_;
    const OriginValues& origin_;
    FieldSearch* search_;
};

/// Is this the name of a host in the public DNS, as far as its form can tell? Not an address, has a
/// dot, and ends in no name that is for private use.
[[nodiscard]] bool is_public_name(std::string_view host);

}  // namespace mail::privacy
