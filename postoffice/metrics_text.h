/// postoffice's metrics and alarms. The names and what they mean: docs/metrics.md. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/spool/spool_directory.h"
#include "postoffice/counts.h"
#include "postoffice/http/route.h"

namespace postoffice
{

/// What is looked at when somebody asks.
struct SpoolState {
    std::optional<mail::Room> room;  // nothing: the disk does not say
    bool has_room = true;            // over the low-water mark
    bool is_lost = false;
    mail::WallTime started{};
    mail::metrics::LatencyHistogram::Reading syncs = {};
};

/// http  nullptr: no mail is taken over HTTP
[[nodiscard]] std::string metrics_text(const StoreCounts& stored,
                                       const ConnectionCounts& connections, const SpoolState& spool,
                                       const http::IntakeCounts* http = nullptr);

/// Why no mail is taken, one reason a line; none: all is well.
[[nodiscard]] std::vector<std::string> alarms_of(const SpoolState& spool);

}  // namespace postoffice
