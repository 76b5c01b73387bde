/// postmaster's metrics. The names and what they mean: docs/metrics.md. Pure.
#pragma once

#include <string>

#include "postmaster/situation.h"

namespace postmaster
{

[[nodiscard]] std::string metrics_text(const Situation& situation);

}  // namespace postmaster
