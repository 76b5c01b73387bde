/// The catcher as a whole: listens, welcomes connections, ticks, goes down in order.
///
/// One thread runs the network; the threads of two lanes wait for the disk.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "common/clock.h"
#include "common/http/listening_socket.h"
#include "common/result.h"
#include "common/spool/spool.h"
#include "common/supervisor/supervisor.h"
#include "postoffice/companion.h"
#include "postoffice/connection.h"
#include "postoffice/peer_limits.h"
#include "postoffice/server_options.h"

namespace postoffice
{

class Server
{
public:
    /// Both must outlive the server.
    Server(const ServerOptions& options, mail::Intake& intake,
           const mail::Clock& clock = mail::system_clock());

    /// Reads certificates and users, and binds every endpoint. A name with several addresses is
    /// bound on each that this machine has. errors  refused:   a certificate, key, CA or users file
    /// that is not usable
    ///         temporary: no such name, port in use, not permitted
    mail::Result<mail::Done> listen();
    /// Serves until SIGTERM or SIGINT, then lets mails in transfer end for 30 s (a second signal:
    /// at once) and mails on their way to the disk in any case.
    /// returns  false if it ended because the spool is lost (Intake::is_lost)
    [[nodiscard]] bool run();
    /// Before run(); it must outlive that.
    void accompany(Companion& companion) { companions_.push_back(&companion); }
    /// For those who bring mail another way.
    [[nodiscard]] MailStore& store() { return store_; }

    /// To be read by any thread.
    [[nodiscard]] const ConnectionCounts& connections() const { return counts_; }
    [[nodiscard]] const StoreCounts& stored() const { return store_.counts(); }

private:
    using Tcp = boost::asio::ip::tcp;
    using Local = boost::asio::local::stream_protocol;

    struct Listener {
        Tcp::acceptor acceptor;
        bool in_tls = false;  // from the first byte on
    };

    mail::Result<mail::Done> prepare_tls();
    void reload_tls();
    mail::Result<mail::Done> prepare_users();
    void reload_users();
    mail::Result<mail::Done> listen_on(const mail::HostPort& wanted, bool in_tls);
    mail::Result<mail::Done> listen_on_path(const std::string& address);
    mail::Result<mail::Done> bind(const Tcp::endpoint& endpoint, bool in_tls);
    boost::asio::awaitable<void> accept_on(Listener& listener);
    boost::asio::awaitable<void> accept_on_path(Local::acceptor& acceptor);
    boost::asio::awaitable<void> pause_accepting(boost::system::error_code reason);
    void try_to_welcome(Transport::Socket socket, const Peer& peer, bool in_tls);
    void welcome(Transport::Socket socket, const Peer& peer, bool in_tls);
    /// Why a connection is turned away. Else counted_as is what peer_limits_ counts it under, or
    /// empty.
    std::optional<Reply> why_not(const Peer& peer, std::string& counted_as);
    void turn_away(Transport::Socket socket, const Peer& peer, const Reply& reply, bool in_tls);
    [[nodiscard]] bool is_allowed(const Peer& peer) const;
    boost::asio::awaitable<void> serve(std::unique_ptr<Connection> connection,
                                       std::string counted_as);
    boost::asio::awaitable<void> tick_every_second();
    boost::asio::awaitable<void> wait_for_signals();
    void reload();
    void look_at_spool();
    void tell_supervisor();
    [[nodiscard]] std::string status() const;
    void stop();
    void cut();
    bool is_done() const { return services_.is_stopping && connections_.empty(); }
    void end_if_done();

    const ServerOptions& options_;
    const mail::Intake& intake_;
    boost::asio::io_context context_{1};
    MailStore store_;
    StoreLane small_mails_;
    StoreLane large_mails_;
    MemoryGate memory_;
    ConnectionCounts counts_;
    std::optional<TlsCredentials> tls_;
    std::optional<mail::Users> users_;
    std::optional<LoginLane> logins_;
    ConnectionServices services_;
    std::list<Listener> listeners_;
    std::list<mail::http::ListeningSocket> paths_;  // our socket files; gone when we go
    std::list<Local::acceptor> local_acceptors_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer ticker_;
    std::unordered_set<Connection*> connections_;
    PeerLimits peer_limits_;
    std::uint64_t next_number_ = 1;
    mail::BootTime cut_at_{};
    mail::Supervisor supervisor_;
    std::vector<Companion*> companions_;
};

}  // namespace postoffice
