/// The metrics in Prometheus' text form. The names and what they mean: docs/metrics.md. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "postman/metrics/totals.h"
#include "postman/widths.h"

namespace postman
{

/// An account of the token store, as far as it may be shown.
struct TokenState {
    std::string user;
    std::string provider;
    std::int64_t expires_at = 0;  // seconds since 1970; 0: no token
    bool needs_person = false;    // the grant is lost (`invalid_grant`)
};

[[nodiscard]] std::string metrics_text(const Totals& totals, const Widths::Summary& window,
                                       const std::vector<TokenState>& tokens);

}  // namespace postman
