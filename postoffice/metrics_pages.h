/// What postoffice's metrics listener shows: /metrics and /alarms.
#pragma once

#include "common/metrics/pages.h"
#include "postoffice/server.h"

namespace postoffice
{

/// All must outlive the pages.
void add_pages(mail::metrics::Pages& pages, const Server& server, mail::Intake& intake,
               const ServerOptions& options);

}  // namespace postoffice
