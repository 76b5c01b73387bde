/// What is counted of connections and of mails, for docs/metrics.md. Any thread reads; nothing here
/// takes a lock.
#pragma once

#include "common/metrics/counter.h"
#include "common/metrics/latency_histogram.h"
#include "postoffice/refusal_counts.h"

namespace postoffice
{

struct StoreCounts {
    mail::metrics::Counter mails;     // durable
    mail::metrics::Counter bytes;     // of their content
    mail::metrics::Counter resends;   // answered with the first id
    mail::metrics::Counter failures;  // not stored, for a trouble of ours
    mail::metrics::LatencyHistogram commit_latency;
};

struct ConnectionCounts {
    mail::metrics::Gauge open;
    mail::metrics::Counter welcomed;
    mail::metrics::Counter too_many;     // turned away
    mail::metrics::Counter not_allowed;  // the same
    RefusalCounts refusals;
};

}  // namespace postoffice
