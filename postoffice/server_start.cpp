// What happens before the first connection: certificates, users, endpoints; and what of it is read
// again on SIGHUP.
#include <fcntl.h>

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>

#include "common/log.h"
#include "postoffice/server.h"

namespace postoffice
{

namespace asio = boost::asio;
using boost::system::error_code;

namespace
{

std::string text_of(const asio::ip::tcp::endpoint& endpoint)
{
    const std::string address = endpoint.address().to_string();
    return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
           std::to_string(endpoint.port());
}

mail::Error bind_error(const std::string& what, const error_code& reason)
{
    return {mail::ErrorKind::temporary, "listen on " + what + ": " + reason.message(), 0};
}

}  // namespace

mail::Result<mail::Done> Server::listen()
{
    if (auto prepared = prepare_tls(); !prepared) return prepared;
    if (auto prepared = prepare_users(); !prepared) return prepared;
    for (const mail::HostPort& wanted : options_.endpoints)
        if (auto listening = listen_on(wanted, false); !listening) return listening;
    for (const mail::HostPort& wanted : options_.tls_endpoints)
        if (auto listening = listen_on(wanted, true); !listening) return listening;
    for (const std::string& address : options_.unix_endpoints)
        if (auto listening = listen_on_path(address); !listening) return listening;
    return mail::Done{};
}

mail::Result<mail::Done> Server::prepare_tls()
{
    if (options_.tls.certificate.empty()) return mail::Done{};
    auto loaded = TlsCredentials::load(options_.tls);
    if (!loaded) return std::move(loaded).error();
    tls_ = std::move(*loaded);
    services_.tls = &*tls_;
    services_.handshake_timeout = std::chrono::seconds(options_.tls_handshake_seconds);
    if (tls_->has_expired())
        mail::log::warning("tls certificate has expired", {{"ended", tls_->end()}});
    return mail::Done{};
}

void Server::reload_tls()
{
    if (const auto reloaded = tls_->reload(); !reloaded)
        mail::log::error("tls certificate not changed", {{"reason", reloaded.error().describe()}});
    else
        mail::log::info("tls certificate read", {{"ends", tls_->end()}});
}

mail::Result<mail::Done> Server::prepare_users()
{
    if (options_.users.empty()) return mail::Done{};
    auto entries = mail::read_users_file(options_.users);
    if (!entries) {
        entries.error().kind = mail::ErrorKind::refused;  // starting again would not mend it
        return std::move(entries).error();
    }
    users_.emplace(std::move(*entries));
    logins_.emplace(*users_, context_.get_executor());
    services_.logins = &*logins_;
    return mail::Done{};
}

void Server::reload_users()
{
    auto entries = mail::read_users_file(options_.users);
    if (!entries) {
        mail::log::error("users not reloaded", {{"reason", entries.error().describe()}});
        return;
    }
    const std::size_t count = entries->size();
    users_->replace(std::move(*entries));
    mail::log::info("users reloaded", {{"users", count}});
}

mail::Result<mail::Done> Server::listen_on(const mail::HostPort& wanted, bool in_tls)
{
    asio::ip::tcp::resolver resolver(context_);
    const std::string name = wanted.host + ":" + std::to_string(wanted.port);
    error_code error;
    const auto found = resolver.resolve(wanted.host, std::to_string(wanted.port),
                                        asio::ip::resolver_base::passive, error);
    if (error) return bind_error(name, error);
    std::size_t bound = 0;
    mail::Result<mail::Done> last = bind_error(name, asio::error::host_not_found);
    for (const auto& entry : found) {
        last = bind(entry.endpoint(), in_tls);
        if (last) ++bound;
        // localhost is ::1 too, on machines that may have no IPv6.
        if (!last && !(entry.endpoint().address().is_v6() && found.size() > 1)) return last;
    }
    return bound == 0 ? last : mail::Result<mail::Done>(mail::Done{});
}

// The acceptor has a descriptor of its own: what listens and its file go together, last of all.
mail::Result<mail::Done> Server::listen_on_path(const std::string& address)
{
    auto listening = mail::http::open_listening_socket(address);
    if (!listening) return std::move(listening).error();
    const int descriptor = ::fcntl(listening->descriptor(), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0)
        return mail::Error{mail::ErrorKind::temporary, "listen on " + address, errno};
    local_acceptors_.emplace_back(context_, Local(), descriptor);
    paths_.push_back(std::move(*listening));
    mail::log::info("listening", {{"address", address}});
    return mail::Done{};
}

mail::Result<mail::Done> Server::bind(const Tcp::endpoint& endpoint, bool in_tls)
{
    Tcp::acceptor acceptor(context_);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(Tcp::acceptor::max_listen_connections, error);
    if (error) return bind_error(text_of(endpoint), error);
    mail::log::info("listening", {{"address", text_of(endpoint)}});
    listeners_.push_back({std::move(acceptor), in_tls});
    return mail::Done{};
}

}  // namespace postoffice
