#include "postmaster/program.h"

#include <systemd/sd-daemon.h>

#include <csignal>
#include <memory>

#include "common/http/listener.h"
#include "common/log.h"
#include "common/spool/directory_hand_out.h"
#include "common/spool/message_id_key.h"
#include "common/spool/spool_layout.h"
#include "postmaster/desk.h"
#include "postmaster/http_service.h"
#include "postmaster/users.h"

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

/// What the operator names and what the machine knows of itself.
Result<mail::privacy::ScrubRules> scrub_rules(const Settings& settings, std::string key)
{
    auto origin = origin_values(settings);
    if (!origin) return origin.error();
    for (mail::privacy::OriginValue& value : mail::privacy::learn_origin()) {
        log::info("origin learned", {{"value", value.value}});
        origin->add(std::move(value));
    }
    return mail::privacy::ScrubRules{std::move(key), settings.public_domain, std::move(*origin)};
}

Result<std::unique_ptr<Users>> open_users(const Settings& settings)
{
    if (settings.users.empty()) return std::unique_ptr<Users>();
    auto entries = read_users_file(settings.users);
    if (!entries) return entries.error();
    return std::make_unique<Users>(std::move(*entries));
}

/// A file that cannot be read or is unsound leaves the users as they were.
void reload_users(const Settings& settings, Users* users)
{
    if (users == nullptr) return log::info("nothing to reload");
    auto entries = read_users_file(settings.users);
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

void wait_for_end(const Settings& settings, Users* users)
{
    const sigset_t signals = awaited_signals();
    for (;;) {
        int signal = 0;
        ::sigwait(&signals, &signal);
        if (signal != SIGHUP) return log::info("stopping", {{"signal", ::sigabbrev_np(signal)}});
        ::sd_notify(0, "RELOADING=1");
        reload_users(settings, users);
        ::sd_notify(0, "READY=1");
    }
}

void serve(const Settings& settings, std::vector<ListeningSocket> sockets, HttpService& service,
           Users* users)
{
    for (const ListeningSocket& socket : sockets)
        log::info("listening",
                  {{"on", socket.name()}, {"users", users == nullptr ? "not asked" : "asked"}});
    mail::http::Listener listener(
        std::move(sockets), listener_limits(),
        [&service](const mail::http::Request& request) { return service.handle(request); });
    ::sd_notify(0, "READY=1\nSTATUS=Handing out mail");
    wait_for_end(settings, users);
    ::sd_notify(0, "STOPPING=1\nSTATUS=Answering what runs");
    listener.stop();
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
    auto users = open_users(settings);
    if (!users) return refuse_to_start(users.error());
    ::sd_notify(0, "STATUS=Reading the spool");
    auto hand_out = mail::DirectoryHandOut::open({settings.spool, settings.unsafe_spool});
    if (!hand_out) return refuse_to_start(hand_out.error());
    auto key = message_id_key(mail::SpoolLayout(settings.spool), mail::system_files());
    if (!key) return refuse_to_start(key.error());
    auto rules = scrub_rules(settings, std::move(*key));
    if (!rules) return refuse_to_start(rules.error());
    auto sockets = open_sockets(settings);
    if (!sockets) return refuse_to_start(sockets.error());

    Desk desk(**hand_out, std::move(*rules),
              {settings.batch, static_cast<std::size_t>(settings.batch_bytes)});
    HttpService service(
        desk, users->get(),
        {settings.batch, std::chrono::seconds(settings.lease_seconds), settings.delete_on_get});
    serve(settings, std::move(*sockets), service, users->get());
    return 0;
}

}  // namespace postmaster
