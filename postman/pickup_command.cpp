#include "postman/pickup_command.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "common/log.h"
#include "common/nullmailer/queue_lock.h"
#include "common/spool/message_id_key.h"
#include "postman/make_backend.h"
#include "postman/queue_postmaster.h"
#include "postman/round_book.h"
#include "postman/round_log.h"
#include "postman/signals.h"
#include "postman/sysexits.h"

namespace postman
{
namespace
{

namespace log = mail::log;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

/// One for each queue: a courier or another queue beside it keeps its own.
std::string state_of(const std::string& state, const std::string& queue)
{
    return state + "/pickup-" + mail::sha256_hex(queue).substr(0, 16);
}

int stopped(const char* event, const std::string& reason, int code)
{
    log::error(event, {{"reason", reason}});
    return code;
}

int run_round(const PostmanOptions& options, const std::string& queue, const std::string& state)
{
    mail::Files& files = mail::system_files();
    const auto backend = make_backend(options);
    RoundBook book(options, state, files, mail::system_clock());
    if (const auto broken = backend->check()) {
        log::error("delivery-broken", {{"via", backend->name()}, {"reason", broken->reason}});
        book.end_without_round(backend->name());
        return mail::kExitConfiguration;
    }
    StopOnSignal signals;
    Ledger ledger(state, 2 * options.lifetime_seconds(), files, mail::system_clock());
    Pace pace(options.rate, options.max_per_run);
    // Nobody has scrubbed this mail before, so the whole scrub is ours.
    auto key = mail::message_id_key(mail::SpoolLayout(state), files);
    if (!key) return stopped("state-unusable", key.error().describe(), mail::kExitTemporary);
    WayOut way_out = make_way_out(options, *backend, ledger, pace, std::move(*key));

    if (const auto ok = book.open(way_out); !ok)
        return stopped("state-unusable", ok.error().describe(), mail::kExitTemporary);

    mail::nullmailer::QueueDirectory directory(queue, files, mail::system_clock(),
                                               mail::nullmailer::system_writers);
    if (const auto ok = directory.make_failed_dir(); !ok)
        return stopped("queue-unusable", ok.error().describe(), mail::kExitTemporary);
    QueueNotes notes(state, files);
    QueuePostmaster postmaster(directory, notes, ledger, mail::system_clock());
    Round round = Courier(postmaster, way_out).run(std::chrono::seconds(0), signals.token());
    round.has_unreadable = postmaster.unreadable() > 0;
    book.end_round(postmaster.name(), round, way_out, signals.token());
    return exit_code_of(way_out, is_all_well(round) && postmaster.resting() == 0);
}

Result<mail::Done> make_state(const std::string& root, const std::string& state)
{
    for (const std::string& directory : {root, state, mail::SpoolLayout(state).state_dir()})
        if (auto ok = mail::system_files().make_dir(directory); !ok) return ok;
    return mail::Done{};
}

}  // namespace

CLI::App* PickupCommand::declare(CLI::App& app)
{
    CLI::App* pickup = app.add_subcommand("pickup", "deliver what lies in nullmailer's queue");
    pickup->add_option("QUEUE", queue_, "/var/spool/nullmailer/queue")
        ->required()
        ->type_name("DIR");
    pickup->footer(
        "A file goes when each of its recipients is done; who is refused goes to failed/ beside\n"
        "the queue. Stop nullmailer-send first. --deliver, --state, --lifetime, --jobs and the\n"
        "other options of a delivery count here, too.");
    return pickup;
}

std::optional<std::string> PickupCommand::fault() const
{
    return queue_.empty() ? std::optional<std::string>("QUEUE is empty") : std::nullopt;
}

int PickupCommand::run(const PostmanOptions& options)
{
    if (options.watch)
        return stopped("queue-unusable", "--watch is for endpoints: use the .path unit",
                       mail::kExitUsage);
    std::error_code none;
    const std::string queue = std::filesystem::canonical(queue_, none).string();
    const mail::nullmailer::QueueLock lock(queue);
    if (none || !lock.can_be_read())
        return stopped("queue-unusable", "no such directory, or not allowed: " + queue_,
                       mail::kExitNoInput);
    if (!lock.is_held()) {
        log::info("already-running", {{"queue", queue}});
        return 0;
    }
    if (mail::nullmailer::is_nullmailer_at_work(queue))
        return stopped("queue-unusable",
                       "nullmailer-send works on this queue: systemctl disable --now nullmailer",
                       mail::kExitConfiguration);
    const std::string state = state_of(options.state, queue);
    if (const auto ok = make_state(options.state, state); !ok)
        return stopped("state-unusable", ok.error().describe(), mail::kExitTemporary);
    return run_round(options, queue, state);
}

}  // namespace postman
