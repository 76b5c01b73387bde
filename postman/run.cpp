#include "postman/run.h"

#include <signal.h>
#include <systemd/sd-daemon.h>

#include <memory>
#include <thread>

#include "common/clock.h"
#include "common/lock_file.h"
#include "common/log.h"
#include "common/spool/files.h"
#include "postman/backoff.h"
#include "postman/courier.h"
#include "postman/maildir_backend.h"
#include "postman/original_run.h"
#include "postman/postmaster_client.h"
#include "postman/sendmail_backend.h"
#include "postman/signals.h"

namespace postman
{
namespace
{

namespace log = mail::log;

/// Under the 60 s that the postmaster allows, so that its answer comes before anybody's patience
/// ends.
constexpr std::chrono::seconds kLongPoll{50};

std::unique_ptr<DeliveryBackend> make_backend(const PostmanOptions& options)
{
    const auto choice = parse_way_out(options.deliver);
    if (choice->kind == WayOutChoice::Kind::maildir)
        return std::make_unique<MaildirBackend>(choice->path, mail::system_files());
    return std::make_unique<SendmailBackend>(choice->path, options.delivery_timeout_seconds());
}

struct Endpoint {
    std::string name;
    std::unique_ptr<HttpExchange> exchange;
};
using Endpoints = std::vector<Endpoint>;

mail::Result<Endpoints> make_endpoints(const PostmanOptions& options,
                                       const HttpCredentials& credentials)
{
    Endpoints endpoints;
    for (const EndpointUrl& url : options.endpoints()) {
        auto exchange = HttpExchange::make(url, credentials);
        if (!exchange) return std::move(exchange).error();
        endpoints.push_back({url.text(), std::move(*exchange)});
    }
    return endpoints;
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

/// One round, as from cron. Returns whether all went well.
bool serve_once(Postmaster& postmaster, WayOut& way_out, std::stop_token stop)
{
    const Round round = Courier(postmaster, way_out).run(std::chrono::seconds(0), stop);
    log_round(postmaster.name(), round);
    return is_all_well(round);
}

/// A broken way out ends a round, not the watch: a package is upgraded, a main.cf is mended.
bool is_mended(WayOut& way_out)
{
    if (way_out.fault != Fault::backend) return !way_out.is_broken();
    if (const auto broken = way_out.backend.check()) {
        log::error("delivery-broken",
                   {{"via", way_out.backend.name()}, {"reason", broken->reason}});
        return false;
    }
    way_out.fault = Fault::none;
    return true;
}

/// Round after round, each waiting on the server, until a stop or a broken ledger.
bool watch(Postmaster& postmaster, WayOut& way_out, std::stop_token stop)
{
    Backoff backoff(way_out.chance);
    while (!stop.stop_requested() && way_out.fault != Fault::ledger) {
        bool is_well = is_mended(way_out);
        if (is_well) {
            const Round round = Courier(postmaster, way_out).run(kLongPoll, stop);
            if (round.counts.mails > 0) log_round(postmaster.name(), round);
            is_well = !round.endpoint_failed && !way_out.is_broken();
        }
        if (is_well || stop.stop_requested()) {
            backoff.succeeded();
            continue;
        }
        const auto pause = backoff.failed();
        log::info("pause", {{"endpoint", postmaster.name()}, {"seconds", pause.count()}});
        wait_until(way_out.clock, way_out.clock.boot() + pause, stop);
    }
    return true;
}

bool serve_all(const PostmanOptions& options, const Endpoints& endpoints, WayOut& way_out,
               StopOnSignal& signals)
{
    std::atomic<bool> is_well = true;
    std::vector<std::jthread> threads;
    for (const Endpoint& endpoint : endpoints)
        threads.emplace_back([&] {
            PostmasterClient client(endpoint.name, *endpoint.exchange);
            const bool ok = options.watch ? watch(client, way_out, signals.token())
                                          : serve_once(client, way_out, signals.token());
            if (!ok) is_well = false;
            if (way_out.fault == Fault::ledger) signals.request_stop();
        });
    threads.clear();  // joins
    return is_well;
}

bool serve_originals(const PostmanOptions& options, const Endpoints& endpoints, WayOut& way_out,
                     const StopOnSignal& signals)
{
    std::vector<OriginalEndpoint> originals;
    std::string names;
    for (const Endpoint& endpoint : endpoints) {
        originals.push_back({endpoint.name, *endpoint.exchange});
        names.append(names.empty() ? "" : ",").append(endpoint.name);
    }
    const auto round = run_original(options.state, originals, way_out, signals.token());
    if (!round) {
        log::error("state-unusable", {{"reason", round.error().describe()}});
        return false;
    }
    log_round(names, *round);
    return is_all_well(*round);
}

int exit_code(const WayOut& way_out, bool is_well)
{
    if (way_out.fault == Fault::backend) return mail::kExitConfiguration;
    return is_well && !way_out.is_broken() ? 0 : mail::kExitTemporary;
}

int stopped(const char* event, const mail::Error& error, int code)
{
    log::error(event, {{"reason", error.describe()}});
    return code;
}

int run_locked(const PostmanOptions& options)
{
    const auto credentials = read_credentials(options);
    if (!credentials)
        return stopped("password-unusable", credentials.error(), mail::kExitConfiguration);
    const auto endpoints = make_endpoints(options, *credentials);
    if (!endpoints)
        return stopped("endpoint-unusable", endpoints.error(), mail::kExitConfiguration);
    const auto backend = make_backend(options);
    if (const auto broken = backend->check()) {
        log::error("delivery-broken", {{"via", backend->name()}, {"reason", broken->reason}});
        return mail::kExitConfiguration;
    }
    StopOnSignal signals;
    Ledger ledger(options.state, 2 * options.lifetime_seconds(), mail::system_files(),
                  mail::system_clock());
    Pace pace(options.rate, options.max_per_run);
    WayOut way_out{.backend = *backend,
                   .ledger = ledger,
                   .pace = pace,
                   .clock = mail::system_clock(),
                   .chance = system_chance(),
                   .rules = {.lifetime = options.lifetime_seconds(),
                             .unconfirmed = options.chosen_unconfirmed(),
                             .scrub = {}},
                   .jobs = options.jobs};
    if (options.watch) ::sd_notify(0, "READY=1\nSTATUS=waiting for mail");
    const bool is_well = options.chosen_protocol() == Protocol::original
                             ? serve_originals(options, *endpoints, way_out, signals)
                             : serve_all(options, *endpoints, way_out, signals);
    if (options.watch) ::sd_notify(0, "STOPPING=1");
    return exit_code(way_out, is_well);
}

}  // namespace

int run_postman(const PostmanOptions& options)
{
    if (const auto ok = mail::system_files().make_dir(options.state); !ok)
        return stopped("state-unusable", ok.error(), mail::kExitTemporary);
    const auto lock = mail::LockFile::take(options.state + "/lock");
    if (lock) return run_locked(options);
    if (lock.error().kind != mail::ErrorKind::conflict)
        return stopped("state-unusable", lock.error(), mail::kExitTemporary);
    log::info("already-running", {{"reason", lock.error().describe()}});
    return 0;
}

}  // namespace postman
