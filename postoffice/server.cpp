#include "postoffice/server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>

#include "common/log.h"

namespace postoffice
{

namespace asio = boost::asio;
using boost::system::error_code;

namespace
{

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
// Two, so that one writes while the other waits for its sync; what comes meanwhile goes together.
constexpr StoreLane::Sizes kSmallMails{.threads = 2, .together = 64};
// Syncs wait, they do not compute: more of them share one commit of the file system's journal.
constexpr StoreLane::Sizes kLargeMails{.threads = 20, .together = 1};
constexpr std::chrono::seconds kTransferGrace{30};
constexpr std::chrono::milliseconds kAcceptPause{200};
constexpr std::chrono::milliseconds kRoomIsGoodFor{50};

/// Asked at each MAIL. A look at the disk that found room is good for a moment: what comes in it is
/// little beside what has to stay free.
class Room
{
public:
    Room(mail::Intake& intake, const mail::Clock& clock) : intake_(intake), clock_(clock) {}
    bool is_there()
    {
        const auto now = clock_.boot();
        if (now < good_until_) return true;
        const bool has_room = intake_.has_room();
        if (has_room) good_until_ = now + kRoomIsGoodFor;
        return has_room;
    }

private:
    mail::Intake& intake_;
    const mail::Clock& clock_;
    mail::BootTime good_until_{};
};

SessionOptions session_options(const ServerOptions& options, mail::Intake& intake,
                               const mail::Clock& clock)
{
    SessionOptions session;
    session.hostname = options.hostname;
    session.max_content_bytes = options.max_message_size;
    session.security.offers_tls = !options.tls.certificate.empty();
    session.security.requires_tls = options.tls_required;
    session.security.offers_auth = !options.users.empty();
    session.security.requires_identity = !options.tls.client_ca.empty() || !options.users.empty();
    // Each connection has a copy of the options, and all of them one look.
    session.has_room = [room = std::make_shared<Room>(intake, clock)] { return room->is_there(); };
    return session;
}

}  // namespace

Server::Server(const ServerOptions& options, mail::Intake& intake, const mail::Clock& clock)
    : options_(options),
      intake_(intake),
      store_(intake, clock),
      small_mails_(store_, context_.get_executor(), kSmallMails),
      large_mails_(store_, context_.get_executor(), kLargeMails),
      memory_(options.memory_budget),
      services_{session_options(options, intake, clock),
                std::chrono::seconds(options.idle_timeout_seconds),
                store_,
                memory_,
                counts_,
                small_mails_,
                large_mails_,
                clock},
      signals_(context_, SIGTERM, SIGINT, SIGHUP),
      ticker_(context_),
      peer_limits_({options.max_connections_per_peer, options.connections_per_minute}),
      supervisor_(clock)
{
}

bool Server::run()
{
    for (Listener& listener : listeners_)
        asio::co_spawn(context_, accept_on(listener), asio::detached);
    for (Local::acceptor& acceptor : local_acceptors_)
        asio::co_spawn(context_, accept_on_path(acceptor), asio::detached);
    asio::co_spawn(context_, tick_every_second(), asio::detached);
    asio::co_spawn(context_, wait_for_signals(), asio::detached);
    if (options_.memory_budget < options_.max_message_size)
        mail::log::warning(
            "memory-budget is less than max-message-size: the largest mails will never fit");
    supervisor_.ready("taking mail");
    mail::log::info("started",
                    {{"spool", options_.spool}, {"max_connections", options_.max_connections}});
    context_.run();
    small_mails_.join();
    large_mails_.join();
    if (logins_) logins_->join();
    mail::log::tell_suppressed(true);
    mail::log::info("stopped");
    return !intake_.is_lost();
}

asio::awaitable<void> Server::accept_on(Listener& listener)
{
    while (!services_.is_stopping) {
        auto [error, socket] = co_await listener.acceptor.async_accept(kToken);
        if (services_.is_stopping) break;
        if (error) {
            co_await pause_accepting(error);
            continue;
        }
        const auto peer = socket.remote_endpoint(error);
        if (error) continue;
        socket.set_option(Tcp::no_delay(true), error);
        const Peer client{peer.address()};
        try_to_welcome(std::move(socket), client, listener.in_tls);
    }
}

asio::awaitable<void> Server::accept_on_path(Local::acceptor& acceptor)
{
    const Peer local;
    while (!services_.is_stopping) {
        auto [error, socket] = co_await acceptor.async_accept(kToken);
        if (services_.is_stopping) break;
        if (error)
            co_await pause_accepting(error);
        else
            try_to_welcome(std::move(socket), local, false);
    }
}

// Out of descriptors or buffers: the connection stays in the kernel's queue, and asking again at
// once would spin.
asio::awaitable<void> Server::pause_accepting(error_code reason)
{
    if (reason == asio::error::connection_aborted) co_return;
    mail::log::limited(mail::log::Level::warning, "cannot accept",
                       {{"reason", reason.message()}, {"connections", connections_.size()}});
    asio::steady_timer timer(context_, kAcceptPause);
    co_await timer.async_wait(kToken);
}

// Whatever goes wrong with one connection, the listener goes on.
void Server::try_to_welcome(Transport::Socket socket, const Peer& peer, bool in_tls)
{
    try {
        welcome(std::move(socket), peer, in_tls);
    } catch (const std::exception& trouble) {
        mail::log::limited(mail::log::Level::error, "connection refused",
                           {{"reason", trouble.what()}});
    }
}

void Server::welcome(Transport::Socket socket, const Peer& peer, bool in_tls)
{
    std::string counted_as;
    if (const auto reply = why_not(peer, counted_as))
        return turn_away(std::move(socket), peer, *reply, in_tls);
    auto connection =
        std::make_unique<Connection>(Transport(std::move(socket), peer), services_, next_number_++);
    if (in_tls) connection->begin_in_tls();
    asio::co_spawn(context_, serve(std::move(connection), std::move(counted_as)), asio::detached);
}

std::optional<Reply> Server::why_not(const Peer& peer, std::string& counted_as)
{
    if (!is_allowed(peer)) {
        counts_.not_allowed.add();
        return replies::not_allowed();
    }
    if (connections_.size() >= options_.max_connections) {
        counts_.too_many.add();
        return replies::too_many_connections();
    }
    if (peer.is_local()) return std::nullopt;  // nullmailer comes with one mail a connection
    const std::string network = peer.network();
    switch (peer_limits_.admit(network, services_.clock.boot())) {
        case PeerLimits::Verdict::welcome:
            counted_as = network;
            break;
        case PeerLimits::Verdict::uncounted:
            break;
        case PeerLimits::Verdict::too_many:
        case PeerLimits::Verdict::too_often:
            counts_.too_many.add();
            return replies::too_many_of_peer();
    }
    return std::nullopt;
}

// Who may use a unix socket is its file's matter.
bool Server::is_allowed(const Peer& peer) const
{
    return !peer.address || options_.allow_list.is_empty() ||
           options_.allow_list.contains(peer.text());
}

// A client that waits for TLS would not understand a word: it is hung up on.
void Server::turn_away(Transport::Socket socket, const Peer& peer, const Reply& reply, bool in_tls)
{
    mail::log::limited(mail::log::Level::warning, "turned away",
                       {{"peer", peer.text()}, {"reason", reply.text}});
    if (in_tls) return;
    std::string line;
    reply.append_to(line);
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(line), ignored);
    socket.shutdown(Transport::Socket::shutdown_send, ignored);
}

asio::awaitable<void> Server::serve(std::unique_ptr<Connection> connection, std::string counted_as)
{
    Connection* const known = connection.get();
    connections_.insert(known);
    counts_.welcomed.add();
    counts_.open.set(static_cast<std::int64_t>(connections_.size()));
    try {
        co_await connection->run();
    } catch (const std::exception& bug) {
        mail::log::error("connection failed", {{"reason", bug.what()}});
    }
    connections_.erase(known);
    if (!counted_as.empty()) peer_limits_.leave(counted_as);
    counts_.open.set(static_cast<std::int64_t>(connections_.size()));
    connection.reset();
    end_if_done();
}

// A timer that has fired cannot be cancelled any more: hence the look at is_done().
asio::awaitable<void> Server::tick_every_second()
{
    while (!is_done()) {
        ticker_.expires_after(std::chrono::seconds(1));
        const auto [error] = co_await ticker_.async_wait(kToken);
        if (error) break;
        for (Connection* connection : connections_) connection->tick();
        look_at_spool();
        if (services_.is_stopping && services_.clock.boot() > cut_at_) cut();
        tell_supervisor();
        mail::log::tell_suppressed();
    }
}

// From the loop that all connections live in: where it turns, they are served.
void Server::tell_supervisor()
{
    bool is_alive = true;
    for (Companion* companion : companions_) is_alive = companion->is_alive() && is_alive;
    if (is_alive) supervisor_.alive();
    if (supervisor_.is_heard() && !services_.is_stopping) supervisor_.status(status());
}

std::string Server::status() const
{
    return "mails taken: " + std::to_string(store_.counts().mails.value()) +
           "; connections: " + std::to_string(connections_.size());
}

// Clients still hold what was not answered with 250, so that ending is cheap; the supervisor starts
// us again.
void Server::look_at_spool()
{
    if (services_.is_stopping || !intake_.is_lost()) return;
    mail::log::error("spool lost, taking no more mail", {{"spool", options_.spool}});
    stop();
}

asio::awaitable<void> Server::wait_for_signals()
{
    while (!is_done()) {
        const auto [error, signal] = co_await signals_.async_wait(kToken);
        if (error) break;
        if (signal == SIGHUP)
            reload();
        else if (services_.is_stopping)
            cut();
        else
            stop();
    }
}

// What cannot be used is logged where it is read, and what was in force stays. Whatever else goes
// wrong, the next signal is heard: it may be the one to stop.
void Server::reload()
{
    if (services_.is_stopping) return;
    mail::log::info("rereading files");
    supervisor_.reloading();
    try {
        if (tls_) reload_tls();
        if (users_) reload_users();
        for (Companion* companion : companions_) companion->reload();
    } catch (const std::exception& trouble) {
        mail::log::error("files not reread", {{"reason", trouble.what()}});
    }
    supervisor_.ready(status());
}

void Server::stop()
{
    mail::log::info("stopping", {{"connections", connections_.size()}});
    supervisor_.stopping("mails in transfer may end");
    services_.is_stopping = true;
    for (Companion* companion : companions_) companion->stopping();
    cut_at_ = services_.clock.boot() + kTransferGrace;
    error_code ignored;
    for (Listener& listener : listeners_) listener.acceptor.close(ignored);
    for (Local::acceptor& acceptor : local_acceptors_) acceptor.close(ignored);
    paths_.clear();  // or clients would connect to a socket that nobody listens on
    for (Connection* connection : connections_) connection->stop();
    end_if_done();
}

void Server::cut()
{
    memory_.refuse_all();
    for (Connection* connection : connections_) connection->cut();
}

void Server::end_if_done()
{
    if (!is_done()) return;
    ticker_.cancel();
    signals_.cancel();
}

}  // namespace postoffice
