#include "postoffice/metrics_text.h"

#include "common/metrics/exposition.h"

namespace postoffice
{
namespace
{

using mail::metrics::counter;
using mail::metrics::Family;
using mail::metrics::gauge;
using mail::metrics::histogram;

std::vector<Family> of_mails(const StoreCounts& stored)
{
    return {
        counter("postoffice_mails_total", "Mails taken: durable and answered with 250.")
            .add(stored.mails.value()),
        counter("postoffice_bytes_total", "Octets of their content.").add(stored.bytes.value()),
        counter("postoffice_resends_total",
                "Mails that came again because their 250 was not heard.")
            .add(stored.resends.value()),
        counter("postoffice_store_failures_total", "Mails put off because the spool failed.")
            .add(stored.failures.value()),
        histogram("postoffice_commit_seconds",
                  "How long a mail waited for the disk: its write and the syncs.")
            .add_reading(stored.commit_latency.read()),
    };
}

std::vector<Family> of_connections(const ConnectionCounts& connections)
{
    Family refusals =
        counter("postoffice_refusals_total", "Replies of 4xx and 5xx, by their codes.");
    for (const RefusalCounts::Count& one : connections.refusals.read())
        refusals.add(one.count, {{"code", std::to_string(one.code)}, {"enhanced", one.enhanced}});
    return {
        gauge("postoffice_connections", "Connections that are open.").add(connections.open.value()),
        counter("postoffice_connections_total", "Connections that were welcomed.")
            .add(connections.welcomed.value()),
        counter("postoffice_connections_refused_total", "Connections that were turned away.")
            .add(connections.too_many.value(), {{"reason", "too_many"}})
            .add(connections.not_allowed.value(), {{"reason", "not_allowed"}}),
        refusals,
    };
}

void add_way(Family& requests, const char* way, const http::RouteCounts& counts)
{
    requests.add(counts.taken.value(), {{"way", way}, {"result", "taken"}})
        .add(counts.repeated.value(), {{"way", way}, {"result", "repeated"}})
        .add(counts.not_signed.value(), {{"way", way}, {"result", "not_signed"}})
        .add(counts.refused.value(), {{"way", way}, {"result", "refused"}})
        .add(counts.put_off.value(), {{"way", way}, {"result", "put_off"}});
}

std::vector<Family> of_http(const http::IntakeCounts* http)
{
    if (http == nullptr) return {};
    Family requests = counter("postoffice_http_requests_total", "Mails posted over HTTP.");
    add_way(requests, "messages", http->messages);
    add_way(requests, "form", http->form);
    return {requests};
}

std::vector<Family> of_spool(const SpoolState& spool)
{
    Family free = gauge("postoffice_spool_free_bytes", "Free on the spool's disk.");
    if (spool.room) free.add(spool.room->free_bytes);
    return {
        free,
        histogram("postoffice_fsync_seconds", "How long each fsync of the spool took.")
            .add_reading(spool.syncs),
        gauge("postoffice_intake_stopped", "1: no mail is taken, for this reason.")
            .add(spool.has_room || spool.is_lost ? 0 : 1, {{"reason", "low_water"}})
            .add(spool.is_lost ? 1 : 0, {{"reason", "lost"}}),
        gauge("postoffice_start_timestamp_seconds", "When the program began.")
            .add(std::chrono::system_clock::to_time_t(spool.started)),
    };
}

}  // namespace

std::string metrics_text(const StoreCounts& stored, const ConnectionCounts& connections,
                         const SpoolState& spool, const http::IntakeCounts* http)
{
    std::vector<Family> all;
    for (const auto& some :
         {of_mails(stored), of_connections(connections), of_http(http), of_spool(spool)})
        all.insert(all.end(), some.begin(), some.end());
    return mail::metrics::exposition(all);
}

std::vector<std::string> alarms_of(const SpoolState& spool)
{
    if (spool.is_lost)
        return {"intake stopped: the disk failed to sync twice in a minute, the spool is lost"};
    if (spool.has_room) return {};
    std::string free = "unknown";
    if (spool.room) free = std::to_string(spool.room->free_bytes / (1024 * 1024)) + " MiB free";
    return {"intake stopped: the spool's disk is below the mark (" + free + ")"};
}

}  // namespace postoffice
