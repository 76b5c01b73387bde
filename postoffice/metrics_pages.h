/// What postoffice's metrics listener shows: /metrics and /alarms.
#pragma once

#include "common/metrics/pages.h"
#include "postoffice/http/route.h"
#include "postoffice/server.h"

namespace postoffice
{

/// All must outlive the pages.
/// syncs  how long each fsync of the spool took
/// http   nullptr: no mail is taken over HTTP
void add_pages(mail::metrics::Pages& pages, const Server& server, mail::Intake& intake,
               const mail::metrics::LatencyHistogram& syncs, const ServerOptions& options,
               const http::IntakeCounts* http);

}  // namespace postoffice
