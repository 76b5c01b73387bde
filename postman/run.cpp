#include "postman/run.h"

#include <signal.h>

#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "common/clock.h"
#include "common/heap.h"
#include "common/lock_file.h"
#include "common/log.h"
#include "common/spool/files.h"
#include "common/spool/record.h"
#include "postman/backoff.h"
#include "postman/courier.h"
#include "postman/make_backend.h"
#include "postman/noted_leases.h"
#include "postman/original_run.h"
#include "postman/postmaster_client.h"
#include "postman/pulse.h"
#include "postman/round_book.h"
#include "postman/round_log.h"
#include "postman/signals.h"
#include "postman/watch_supervision.h"

namespace postman
{
namespace
{

namespace log = mail::log;

/// Under the 60 s that the postmaster allows, so that its answer comes before anybody's patience
/// ends.
constexpr std::chrono::seconds kLongPoll{50};

struct Endpoint {
    std::string name;
    std::unique_ptr<mail::web::HttpExchange> exchange;
};
using Endpoints = std::vector<Endpoint>;

mail::Result<Endpoints> make_endpoints(const PostmanOptions& options,
                                       const mail::web::HttpCredentials& credentials)
{
    Endpoints endpoints;
    for (const mail::web::EndpointUrl& url : options.endpoints()) {
        auto exchange = mail::web::HttpExchange::make(url, credentials);
        if (!exchange) return std::move(exchange).error();
        endpoints.push_back({url.text(), std::move(*exchange)});
    }
    return endpoints;
}

/// One round, as from cron. Returns whether all went well.
bool serve_once(Postmaster& postmaster, WayOut& way_out, RoundBook& book, std::stop_token stop)
{
    const Round round = Courier(postmaster, way_out).run(std::chrono::seconds(0), stop);
    book.end_round(postmaster.name(), round, way_out, stop);
    return is_all_well(round);
}

/// A broken way out ends a round, not the watch: a package is upgraded, a main.cf is mended.
bool is_mended(WayOut& way_out, RoundBook& book)
{
    if (way_out.fault != Fault::backend) return !way_out.is_broken();
    if (const auto broken = way_out.backend.check()) {
        log::error("delivery-broken",
                   {{"via", way_out.backend.name()}, {"reason", broken->reason}});
        book.end_without_round(way_out.backend.name());
        return false;
    }
    way_out.fault = Fault::none;
    return true;
}

/// Round after round, each waiting on the server, until a stop or a broken ledger.
bool watch(Postmaster& postmaster, WayOut& way_out, RoundBook& book, std::stop_token stop)
{
    Backoff backoff(way_out.chance);
    while (!stop.stop_requested() && way_out.fault != Fault::ledger) {
        way_out.pulse->turn(postmaster.name());
        bool is_well = is_mended(way_out, book);
        if (is_well) {
            const Round round = Courier(postmaster, way_out).run(kLongPoll, stop);
            book.end_round(postmaster.name(), round, way_out, stop, true);
            way_out.pulse->end_round(postmaster.name(), round);
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
    way_out.pulse->end(postmaster.name());
    return true;
}

/// One note for each endpoint; its name may hold what a file name may not.
std::string lease_note(const std::string& state, const std::string& endpoint)
{
    return state + "/lease-" + mail::sha256_hex(endpoint).substr(0, 16);
}

bool serve_all(const PostmanOptions& options, const Endpoints& endpoints, WayOut& way_out,
               RoundBook& book, StopOnSignal& signals)
{
    std::atomic<bool> is_well = true;
    std::vector<std::jthread> threads;
    const auto serve = [&](const Endpoint& endpoint) {
        PostmasterClient client(endpoint.name, *endpoint.exchange);
        NotedLeases postmaster(client, lease_note(options.state, endpoint.name),
                               mail::system_files());
        const bool ok = options.watch ? watch(postmaster, way_out, book, signals.token())
                                      : serve_once(postmaster, way_out, book, signals.token());
        if (!ok) is_well = false;
        if (way_out.fault == Fault::ledger) signals.request_stop();
    };
    try {
        for (const Endpoint& endpoint : endpoints)
            threads.emplace_back([&serve, &endpoint] { serve(endpoint); });
    } catch (const std::system_error&) {
        signals.request_stop();  // no thread left: the others would watch on, and we wait for them
        throw;
    }
    threads.clear();  // joins
    return is_well;
}

bool serve_originals(const PostmanOptions& options, const Endpoints& endpoints, WayOut& way_out,
                     RoundBook& book, const StopOnSignal& signals)
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
    book.end_round(names, *round, way_out, signals.token());
    return is_all_well(*round);
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
    RoundBook book(options, options.state, mail::system_files(), mail::system_clock());
    if (const auto broken = backend->check()) {
        log::error("delivery-broken", {{"via", backend->name()}, {"reason", broken->reason}});
        book.end_without_round(backend->name());
        return mail::kExitConfiguration;
    }
    StopOnSignal signals;
    Ledger ledger(options.state, 2 * options.lifetime_seconds(), mail::system_files(),
                  mail::system_clock());
    Pace pace(options.rate, options.max_per_run);
    WayOut way_out = make_way_out(options, *backend, ledger, pace);
    if (const auto ok = book.open(way_out); !ok)
        return stopped("state-unusable", ok.error(), mail::kExitTemporary);
    Pulse pulse(silence_limit(options.rate), mail::system_clock());
    mail::Supervisor supervisor;
    std::optional<WatchSupervision> supervision;
    if (options.watch) {
        way_out.pulse = &pulse;
        supervision.emplace(supervisor, pulse);
    }
    const bool is_well = options.chosen_protocol() == Protocol::original
                             ? serve_originals(options, *endpoints, way_out, book, signals)
                             : serve_all(options, *endpoints, way_out, book, signals);
    return exit_code_of(way_out, is_well);
}

}  // namespace

int run_postman(const PostmanOptions& options)
{
    mail::give_large_memory_back();
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
