/// The status page: one HTML page for a person, for reading alone. No script, nothing from
/// elsewhere, one column, light and dark. Whatever a mail or a courier has said stands in it as
/// html_text() only. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "postmaster/day_curve.h"
#include "postmaster/kept_shelves.h"
#include "postmaster/situation.h"

namespace postmaster
{

/// With this the browser loads nothing, runs nothing and sends nothing.
inline constexpr const char* kStatusPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

struct Status {
    Situation situation;
    std::optional<KeptShelves::Newest> kept;  // nothing: a shelf cannot be listed
    std::vector<DayCurve::Slot> day;
};

[[nodiscard]] std::string status_page(const Status& status);

}  // namespace postmaster
