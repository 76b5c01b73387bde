/// What postmaster's metrics listener shows: /metrics, /alarms, and the status page at /.
#pragma once

#include "common/metrics/pages.h"
#include "postmaster/observer.h"

namespace postmaster
{

/// Both must outlive whoever asks for the pages.
void add_pages(mail::metrics::Pages& pages, Observer& observer);

}  // namespace postmaster
