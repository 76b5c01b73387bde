#include "postmaster/metrics_text.h"

#include "common/metrics/exposition.h"

namespace postmaster
{
namespace
{

using mail::metrics::counter;
using mail::metrics::Family;
using mail::metrics::gauge;
using Families = std::vector<Family>;

std::int64_t unix_seconds(std::optional<mail::WallTime> time)
{
    return time ? std::chrono::system_clock::to_time_t(*time) : 0;
}

double in_seconds(std::optional<std::chrono::milliseconds> age)
{
    return age ? std::chrono::duration<double>(*age).count() : 0;
}

std::string label_of(HeldFor why)
{
    static constexpr const char* kLabels[kHeldFors] = {"envelope",   "header",  "text",
                                                       "attachment", "unknown", "loop"};
    return kLabels[static_cast<std::size_t>(why)];
}

Families of_mails(const Situation& now)
{
    Family mails = gauge("postmaster_mails", "Mails in the spool, by state.");
    mails.add(now.census.waiting, {{"state", "waiting"}})
        .add(now.census.leased, {{"state", "leased"}})
        .add(now.census.deferred, {{"state", "deferred"}});
    if (now.shelves)
        mails.add(now.shelves->held, {{"state", "held"}})
            .add(now.shelves->failed, {{"state", "failed"}})
            .add(now.shelves->corrupt, {{"state", "corrupt"}});
    return {
        mails,
        gauge("postmaster_oldest_waiting_seconds",
              "How long the mail has waited that has waited longest; 0: none waits.")
            .add(in_seconds(now.census.oldest_age)),
        counter("postmaster_arrived_total", "Mails that came into the spool.")
            .add(now.census.arrived),
    };
}

Families of_hand_out(const Situation& now)
{
    Family results =
        counter("postmaster_hand_outs_total",
                "Mails lent, or handed over for good, and outcomes that couriers told.");
    results.add(now.leased, {{"result", "leased"}})
        .add(now.handed_over, {{"result", "handed_over"}});
    static constexpr const char* kOutcomes[kOutcomeKinds] = {"delivered", "deferred", "failed",
                                                             "held"};
    for (std::size_t i = 0; i < kOutcomeKinds; ++i)
        results.add(now.outcomes[i], {{"result", kOutcomes[i]}});
    Family held = counter("postmaster_held_total", "Mails that the gate held, by reason.");
    for (std::size_t i = 0; i < kHeldFors; ++i)
        held.add(now.held_for[i], {{"reason", label_of(static_cast<HeldFor>(i))}});
    return {
        results,
        counter("postmaster_handed_out_bytes_total", "Octets of content that couriers got.")
            .add(now.bytes),
        held,
        gauge("postmaster_leases", "Leases that are open.").add(now.census.leases),
        gauge("postmaster_hand_out_stopped", "1: an operator stopped all hand-out.")
            .add(now.stopped_since ? 1 : 0),
    };
}

Families of_times(const Situation& now)
{
    Family free = gauge("postmaster_spool_free_bytes", "Free on the spool's disk.");
    if (now.room) free.add(now.room->free_bytes);
    return {
        gauge("postmaster_last_courier_visit_timestamp_seconds",
              "When a courier last asked for anything; 0: none since the start.")
            .add(unix_seconds(now.last_visit)),
        gauge("postmaster_last_lease_timestamp_seconds",
              "When a courier last got mail; 0: none since the start.")
            .add(unix_seconds(now.last_lent)),
        gauge("postmaster_start_timestamp_seconds", "When the program began.")
            .add(unix_seconds(now.started)),
        free,
    };
}

}  // namespace

std::string metrics_text(const Situation& situation)
{
    Families all;
    for (const auto& some : {of_mails(situation), of_hand_out(situation), of_times(situation)})
        all.insert(all.end(), some.begin(), some.end());
    return mail::metrics::exposition(all);
}

}  // namespace postmaster
