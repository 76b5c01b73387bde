/// The catalogue of header fields that tell where a mail comes from: one row for each name or
/// family of names, with what is done about it and why. docs/privacy.md says the same in words.
#pragma once

#include <string_view>

namespace mail::privacy
{

enum class Treatment {
    drop,           // the field goes
    map_ids,        // the field stays; message identifiers in it that show the origin are mapped
    map_addresses,  // the field stays; addresses in it that the operator maps are rewritten
    signature,      // the field stays unless what it signs or copies was changed
};

struct CatalogueRow {
    std::string_view name;    // lower-case; for a family, what its names begin with
    std::string_view reason;  // a short phrase for people
    Treatment treatment = Treatment::drop;
};

/// The row for a field of this name (ASCII case folded), or nullptr where the catalogue has none.
[[nodiscard]] const CatalogueRow* find_in_catalogue(std::string_view field_name) noexcept;

/// Is this a field of the standards (RFC 5322, 2045 and their kin, 2369, 2919, 3834, 8058, 8098,
/// 6376)? With --strict-headers the others go.
[[nodiscard]] bool is_standard_field(std::string_view field_name) noexcept;

/// `X-…`: of no standard, so that nobody has to rely on it (RFC 6648).
[[nodiscard]] bool is_extension_field(std::string_view field_name) noexcept;

/// Fields that no row names: `X-…` with a word for a machine or a peer in the name. They go where
/// their value holds an IP address.
[[nodiscard]] bool names_a_machine(std::string_view field_name) noexcept;

}  // namespace mail::privacy
