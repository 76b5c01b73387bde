#include "postoffice/pickup/pickup_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <filesystem>

#include "common/exit_codes.h"
#include "common/log.h"
#include "common/nullmailer/queue_lock.h"
#include "common/supervisor/supervisor.h"
#include "postoffice/pickup/pickup_round.h"
#include "postoffice/pickup/queue_watch.h"
#include "postoffice/pickup/spool_owner.h"
#include "postoffice/server_options.h"

namespace postoffice
{
namespace
{

namespace log = mail::log;
using namespace std::chrono_literals;
using mail::ErrorKind;
using mail::nullmailer::QueueDirectory;

constexpr std::chrono::milliseconds kRescan = 60s;  // finds what was young, or had no room
constexpr std::chrono::milliseconds kTurn = 1s;     // signs of life
/// nullmailer-queue links a file into the queue just before it closes it, and no event tells of
/// that: so what is unfinished is looked at again soon, then less and less often.
constexpr std::chrono::milliseconds kFirstLookAgain = 50ms;
constexpr int kLooksOfOneRun = 5;
constexpr std::uint64_t kEnvelopeBytes = 4 << 20;

int ended(const std::string& reason, int code)
{
    log::error("queue unusable", {{"reason", reason}});
    return code;
}

int ended(const mail::Error& error)
{
    log::error("spool unusable", {{"reason", error.describe()}});
    return error.kind == ErrorKind::refused ? mail::kExitConfiguration : mail::kExitTemporary;
}

int nullmailer_in_the_way()
{
    return ended("nullmailer-send works on this queue: systemctl disable --now nullmailer",
                 mail::kExitConfiguration);
}

/// One queue and its spool, for as long as the command runs.
class Pickup
{
public:
    Pickup(QueueDirectory& queue, PickupSpool& spool, QueueWatch& watch, std::size_t max_content)
        : queue_(queue), spool_(spool), watch_(watch), round_(queue, spool, max_content)
    {
    }

    int once();
    int stay();

private:
    std::optional<int> turn();

    QueueDirectory& queue_;
    PickupSpool& spool_;
    QueueWatch& watch_;
    PickupRound round_;
    mail::Supervisor supervisor_;
    std::size_t picked_up_ = 0;
    std::size_t left_ = 0;
    std::size_t unfinished_ = 0;
};

/// A round; nothing: go on. else: end with that.
std::optional<int> Pickup::turn()
{
    if (mail::nullmailer::is_nullmailer_at_work(queue_.path())) return nullmailer_in_the_way();
    const auto tally = round_.run([this] {
        supervisor_.alive();
        return watch_.is_stop_asked();
    });
    if (!tally) return ended(tally.error().describe(), mail::kExitTemporary);
    picked_up_ += tally->picked_up;
    left_ = tally->left;
    unfinished_ = tally->unfinished;
    if (spool_.is_lost()) return ended({ErrorKind::temporary, "the disk failed twice"});
    return std::nullopt;
}

int Pickup::once()
{
    auto pause = kFirstLookAgain;
    for (int look = 1;; ++look) {
        if (const auto code = turn()) return *code;
        if (unfinished_ == 0 || look == kLooksOfOneRun || watch_.is_stop_asked()) break;
        static_cast<void>(watch_.wait(pause));
        pause *= 2;
    }
    return left_ == 0 ? 0 : mail::kExitTemporary;
}

int Pickup::stay()
{
    using Clock = std::chrono::steady_clock;
    log::info("watching the queue", {{"queue", queue_.path()}});
    supervisor_.ready("watching " + queue_.path());
    auto pause = kFirstLookAgain;
    auto next_look = Clock::now();
    while (!watch_.is_stop_asked()) {
        if (Clock::now() >= next_look) {
            if (const auto code = turn()) return *code;
            pause = unfinished_ == 0 ? kRescan : std::min(2 * pause, kRescan);
            next_look = Clock::now() + pause;
        }
        supervisor_.alive();
        supervisor_.status("mails picked up: " + std::to_string(picked_up_) +
                           "; left for later: " + std::to_string(left_));
        const auto until = std::chrono::ceil<std::chrono::milliseconds>(next_look - Clock::now());
        if (watch_.wait(std::clamp(until, 0ms, kTurn))) {
            next_look = Clock::now();
            pause = kFirstLookAgain;
        }
    }
    supervisor_.stopping("stopping");
    log::info("stopped");
    return 0;
}

}  // namespace

CLI::App* PickupCommand::declare(CLI::App& app)
{
    CLI::App* pickup = app.add_subcommand("pickup", "take what lies in nullmailer's queue");
    pickup->add_option("QUEUE", queue_, "/var/spool/nullmailer/queue")
        ->required()
        ->type_name("DIR");
    pickup->add_flag("--watch", is_watching_, "stay, and take each mail as it comes");
    pickup->footer(
        "A file goes when its mail is durable in the spool; what the catcher would refuse goes to\n"
        "failed/ beside the queue. The catcher may run, or not. Stop nullmailer-send first.\n"
        "--spool, --max-message-size and --min-free count here, too.");
    return pickup;
}

std::optional<std::string> PickupCommand::fault() const
{
    return queue_.empty() ? std::optional<std::string>("QUEUE is empty") : std::nullopt;
}

int PickupCommand::run(const ServerOptions& common)
{
    std::signal(SIGXFSZ, SIG_IGN);
    std::error_code none;
    const std::string queue = std::filesystem::canonical(queue_, none).string();
    if (none) return ended("no such directory: " + queue_, mail::kExitNoInput);
    if (const auto ok = become_owner_of(common.spool); !ok) return ended(ok.error());
    const mail::nullmailer::QueueLock lock(queue);
    if (!lock.can_be_read())
        return ended("no directory, or not allowed: " + queue_, mail::kExitNoInput);
    if (!lock.is_held()) {
        log::info("already running", {{"queue", queue}});
        return mail::kExitTemporary;
    }
    return run_on(queue, common);
}

int PickupCommand::run_on(const std::string& queue, const ServerOptions& common) const
{
    if (mail::nullmailer::is_nullmailer_at_work(queue)) return nullmailer_in_the_way();
    const auto watch = QueueWatch::start(queue);
    if (!watch) return ended(watch.error().describe(), mail::kExitTemporary);
    const auto spool =
        PickupSpool::open(queue, {common.spool, common.min_free, common.unsafe_spool, {}});
    if (!spool) return ended(spool.error());
    QueueDirectory directory(queue, mail::system_files(), mail::system_clock(),
                             mail::nullmailer::system_writers,
                             common.max_message_size + kEnvelopeBytes);
    Pickup pickup(directory, **spool, **watch, common.max_message_size);
    return is_watching_ ? pickup.stay() : pickup.once();
}

}  // namespace postoffice
