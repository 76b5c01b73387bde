#include "postmaster/program.h"

#include <systemd/sd-daemon.h>

#include <csignal>
#include <memory>

#include "common/heap.h"
#include "common/http/listener.h"
#include "common/log.h"
#include "common/metrics/pages_listener.h"
#include "common/spool/directory_hand_out.h"
#include "common/spool/spool_layout.h"
#include "common/users/users.h"
#include "postmaster/control_socket.h"
#include "postmaster/desk.h"
#include "postmaster/gate_setup.h"
#include "postmaster/http_service.h"
#include "postmaster/observer.h"
#include "postmaster/operator_pages.h"
#include "postmaster/queue_commands.h"
#include "postmaster/supervision.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::http::ListeningSocket;
namespace log = mail::log;

sigset_t awaited_signals()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    return set;
}

int exit_code_for(const Error& error)
{
    const bool is_temporary =
        error.kind == ErrorKind::temporary || error.kind == ErrorKind::conflict;
    return is_temporary ? mail::kExitTemporary : mail::kExitConfiguration;
}

int refuse_to_start(const Error& error)
{
    log::error("cannot start", {{"reason", error.describe()}});
    return exit_code_for(error);
}

/// The sockets of systemd, or our own.
Result<std::vector<ListeningSocket>> open_sockets(const Settings& settings)
{
    auto sockets = mail::http::inherited_sockets();
    if (!sockets || !sockets->empty()) return sockets;
    auto own = mail::http::open_listening_socket(settings.listen);
    if (!own) return own.error();
    sockets->push_back(std::move(*own));
    return sockets;
}

Result<std::unique_ptr<mail::Users>> open_users(const Settings& settings)
{
    if (settings.users.empty()) return std::unique_ptr<mail::Users>();
    auto entries = mail::read_users_file(settings.users);
    if (!entries) return entries.error();
    return std::make_unique<mail::Users>(std::move(*entries));
}

/// A file that cannot be read or is unsound leaves the users as they were.
void reload_users(const Settings& settings, mail::Users* users)
{
    if (users == nullptr) return log::info("nothing to reload");
    auto entries = mail::read_users_file(settings.users);
    if (!entries) return log::error("users not reloaded", {{"reason", entries.error().describe()}});
    const std::size_t count = entries->size();
    users->replace(std::move(*entries));
    log::info("users reloaded", {{"users", count}});
}

mail::http::ListenerLimits listener_limits()
{
    mail::http::ListenerLimits limits;
    limits.passed_fields = {"Authorization", "X-Forwarded-For"};
    static_assert(HttpService::kCouriersWaiting + 16 <= 40,
                  "outcomes need workers that no courier waits in");
    return limits;
}

/// The operators' commands. Mail goes on without them.
std::unique_ptr<ControlServer> open_control(const Settings& settings, QueueCommands& commands)
{
    auto control =
        ControlServer::open(mail::SpoolLayout(settings.spool),
                            [&commands](const CommandCall& call) { return commands.run(call); });
    if (control) return std::move(*control);
    log::error("no control socket; postmaster queue does not work",
               {{"reason", control.error().describe()}});
    return nullptr;
}

/// Until a signal says so, or the spool is lost.
void wait_for_end(const Settings& settings, mail::Users* users, const mail::HandOut& hand_out,
                  Observer& observer, Supervision& supervision)
{
    const sigset_t signals = awaited_signals();
    constexpr timespec kLookAtSpool{1, 0};
    for (;;) {
        supervision.tick();
        log::tell_suppressed();
        const int signal = ::sigtimedwait(&signals, nullptr, &kLookAtSpool);
        observer.tick();
        if (hand_out.is_lost())
            return log::error("spool lost, stopping", {{"spool", settings.spool}});
        if (signal < 0) continue;
        if (signal != SIGHUP) return log::info("stopping", {{"signal", ::sigabbrev_np(signal)}});
        supervision.reloading();
        reload_users(settings, users);
        supervision.reloaded();
    }
}

void serve(const Settings& settings, std::vector<ListeningSocket> sockets, HttpService& service,
           mail::Users* users, mail::HandOut& hand_out, const Desk& desk, Observer& observer)
{
    for (const ListeningSocket& socket : sockets)
        log::info("listening",
                  {{"on", socket.name()}, {"users", users == nullptr ? "not asked" : "asked"}});
    mail::http::Listener listener(
        std::move(sockets), listener_limits(),
        [&service](const mail::http::Request& request) { return service.handle(request); });
    Supervision supervision(listener, hand_out, desk);
    wait_for_end(settings, users, hand_out, observer, supervision);
    supervision.stopping();
    listener.stop();
    log::tell_suppressed(true);
}

}  // namespace

void take_signals()
{
    const sigset_t signals = awaited_signals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

int run(const Settings& settings)
{
    mail::give_large_memory_back();
    auto users = open_users(settings);
    if (!users) return refuse_to_start(users.error());
    ::sd_notify(0, "STATUS=Reading the spool");
    auto hand_out = mail::DirectoryHandOut::open({settings.spool, settings.unsafe_spool});
    if (!hand_out) return refuse_to_start(hand_out.error());
    auto setup = set_up_gate(settings);
    if (!setup) return refuse_to_start(setup.error());
    auto sockets = open_sockets(settings);
    if (!sockets) return refuse_to_start(sockets.error());

    Desk desk(**hand_out, *setup->gate,
              {settings.batch, static_cast<std::size_t>(settings.batch_bytes)});
    HttpService service(
        desk, users->get(),
        {settings.batch, std::chrono::seconds(settings.lease_seconds), settings.delete_on_get});
    Observer observer(**hand_out, desk,
                      {settings.spool, settings.min_free, courier_silence(settings)});
    mail::metrics::Pages pages;
    add_pages(pages, observer);
    const auto metrics = mail::metrics::serve_pages(settings.metrics_listen, pages);
    if (!metrics) return refuse_to_start(metrics.error());
    QueueCommands commands(**hand_out, setup->gate->rules());
    const auto control = open_control(settings, commands);
    serve(settings, std::move(*sockets), service, users->get(), **hand_out, desk, observer);
    log_held(desk.held());
    return (*hand_out)->is_lost() ? mail::kExitTemporary : 0;
}

}  // namespace postmaster
