#include "postman/round_log.h"

#include <mutex>

#include "common/config.h"
#include "common/log.h"
#include "common/spool/files.h"

namespace postman
{

namespace log = mail::log;

CarryRules make_carry_rules(const PostmanOptions& options, std::string key)
{
    CarryRules rules{.lifetime = options.lifetime_seconds(),
                     .unconfirmed = options.chosen_unconfirmed(),
                     .scrub = {}};
    rules.scrub.message_id_key = std::move(key);
    const auto origin = parse_origin(options.origin).value();
    if (origin.all().empty()) return rules;
    auto gate = std::make_shared<mail::privacy::InspectionRules>();
    gate->search = std::make_shared<const mail::privacy::OriginSearch>(origin);
    gate->scrub = rules.scrub;
    gate->scrub.origin = origin;
    gate->scrub.search = gate->search.get();
    rules.gate = std::move(gate);
    return rules;
}

WayOut make_way_out(const PostmanOptions& options, DeliveryBackend& backend, Ledger& ledger,
                    Pace& pace, std::string key)
{
    return WayOut{.backend = backend,
                  .ledger = ledger,
                  .pace = pace,
                  .clock = mail::system_clock(),
                  .chance = system_chance(),
                  .rules = make_carry_rules(options, std::move(key)),
                  .jobs = options.jobs};
}

void log_round(const std::string& endpoint, const Round& round)
{
    const RoundCounts& counts = round.counts;
    log::info("round", {{"endpoint", endpoint},
                        {"mails", counts.mails},
                        {"delivered", counts.delivered},
                        {"deferred", counts.deferred},
                        {"failed", counts.failed},
                        {"held", counts.held},
                        {"confirmed_again", counts.repeats}});
}

bool is_all_well(const Round& round)
{
    return round.counts.deferred == 0 && !round.endpoint_failed && !round.has_unreadable;
}

void tell_widths(const Widths::Summary& widths, const std::string& state)
{
    static std::mutex one_at_a_time;  // one file for all endpoints
    const std::scoped_lock lock(one_at_a_time);
    if (widths.count == 0) return;
    log::info("unconfirmed-window", {{"count", widths.count},
                                     {"median_us", widths.median.count()},
                                     {"p99_us", widths.p99.count()},
                                     {"max_us", widths.max.count()}});
    if (const auto ok = write_window_status(widths, state, mail::system_files()); !ok)
        log::warning("status-not-written", {{"reason", ok.error().describe()}});
}

int exit_code_of(const WayOut& way_out, bool is_well)
{
    if (way_out.fault == Fault::backend) return mail::kExitConfiguration;
    return is_well && !way_out.is_broken() ? 0 : mail::kExitTemporary;
}

}  // namespace postman
