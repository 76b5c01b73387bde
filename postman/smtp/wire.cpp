#include "postman/smtp/wire.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace postman::smtp
{

namespace asio = boost::asio;
using asio::ip::tcp;

namespace
{

constexpr std::chrono::seconds kConnectTime{30};

mail::Error temporary(std::string step)
{
    return {mail::ErrorKind::temporary, std::move(step)};
}

struct Place {
    asio::generic::stream_protocol::endpoint endpoint;
    std::string shown;
};

using Addresses = std::vector<asio::ip::address>;

mail::Result<Addresses> resolve_now(const std::string& host)
{
    asio::io_context io;
    tcp::resolver resolver(io);
    boost::system::error_code error;
    const auto found = resolver.resolve(host, "", error);
    if (error) return temporary("no address for " + host + ": " + error.message());
    Addresses addresses;
    for (const auto& entry : found) addresses.push_back(entry.endpoint().address());
    return addresses;
}

/// A question to name servers cannot be called back. It is asked by a thread of its own, and who is
/// out of patience leaves it behind: it ends by itself, within the resolver's own limits.
mail::Result<Addresses> resolve(const std::string& host, Wire::Deadline deadline)
{
    auto answer = std::make_shared<std::promise<mail::Result<Addresses>>>();
    auto told = answer->get_future();
    try {
        std::thread([answer, host] { answer->set_value(resolve_now(host)); }).detach();
    } catch (const std::system_error&) {
        return temporary("no thread to look up " + host);
    }
    if (told.wait_until(deadline) != std::future_status::ready)
        return temporary("no address for " + host + " in time: its name servers do not answer");
    return told.get();
}

mail::Result<std::vector<Place>> places_of(const Smarthost& smarthost, Wire::Deadline deadline)
{
    std::vector<Place> places;
    if (!smarthost.socket.empty()) {
        const asio::local::stream_protocol::endpoint endpoint(smarthost.socket);
        places.push_back({endpoint, smarthost.socket});
        return places;
    }
    const auto add = [&](const asio::ip::address& address) {
        const tcp::endpoint endpoint(address, port_of(smarthost));
        places.push_back({endpoint, address.to_string()});
    };
    if (smarthost.host == "localhost") {
        add(asio::ip::address_v4::loopback());
        add(asio::ip::address_v6::loopback());
        return places;
    }
    const auto found = resolve(smarthost.host, deadline);
    if (!found) return found.error();
    for (const auto& address : *found) add(address);
    return places;
}

}  // namespace

mail::Result<std::unique_ptr<Wire>> Wire::connect(const Smarthost& smarthost, Deadline deadline)
{
    const auto places = places_of(smarthost, deadline);
    if (!places) return places.error();
    mail::Error last = temporary("no address for " + smarthost.host);
    for (const Place& place : *places) {
        auto wire = std::make_unique<Wire>();
        const auto until = std::min(deadline, std::chrono::steady_clock::now() + kConnectTime);
        const auto ok = wire->connect_to(place.endpoint, until);
        if (ok) return wire;
        last = temporary("no connection to " + place.shown + ": " + ok.error().step);
    }
    return last;
}

/// Runs what was started until it is done, or to the deadline: then the socket goes.
void Wire::finish(const bool& is_done, error_code& result, Deadline deadline)
{
    io_.restart();
    while (!is_done && io_.run_one_until(deadline) > 0) {
    }
    if (is_done) return;
    error_code ignored;
    socket_.close(ignored);
    io_.restart();
    io_.run();
    if (result == asio::error::operation_aborted) result = asio::error::timed_out;
}

mail::Result<mail::Done> Wire::connect_to(const Endpoint& endpoint, Deadline deadline)
{
    bool is_done = false;
    error_code result;
    socket_.async_connect(endpoint, [&](error_code error) {
        result = error;
        is_done = true;
    });
    finish(is_done, result, deadline);
    if (result) return failed(result);
    error_code no_tcp;  // a unix socket has no such option
    socket_.set_option(tcp::no_delay(true), no_tcp);
    return mail::Done{};
}

mail::Error Wire::failed(const error_code& error) const
{
    if (error == asio::error::timed_out) return temporary("no answer in time");
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
        error == asio::error::connection_reset || error == asio::error::broken_pipe)
        return temporary("it closed the connection");
    if (error.category() == asio::error::get_ssl_category()) {
        const auto code = static_cast<unsigned long>(error.value());
        return {is_lasting_tls_fault(code) ? mail::ErrorKind::refused : mail::ErrorKind::temporary,
                "TLS: " + error.message()};
    }
    return temporary(error.message());
}

mail::Result<mail::Done> Wire::start_tls(TlsContext& context, const TlsRules& rules,
                                         const std::string& name, Deadline deadline)
{
    tls_.emplace(socket_, context);
    const PeerCheck check(rules, name, tls_->native_handle());
    const auto not_taken = [&] {
        return mail::Error{mail::ErrorKind::refused,
                           "its certificate is not taken: " + check.fault()};
    };
    if (!check.fault().empty()) return not_taken();
    bool is_done = false;
    error_code result;
    tls_->async_handshake(asio::ssl::stream_base::client, [&](error_code error) {
        result = error;
        is_done = true;
    });
    finish(is_done, result, deadline);
    if (!check.fault().empty()) return not_taken();
    if (result) return failed(result);
    if (check.has_pinned_key()) return mail::Done{};
    return mail::Error{mail::ErrorKind::refused,
                       "the key of its certificate is none of --smtp-pin"};
}

mail::Result<std::size_t> Wire::read(std::span<char> space, Deadline deadline)
{
    bool is_done = false;
    error_code result;
    std::size_t taken = 0;
    const auto take = [&](error_code error, std::size_t bytes) {
        result = error;
        taken = bytes;
        is_done = true;
    };
    const auto buffer = asio::buffer(space.data(), space.size());
    if (tls_)
        tls_->async_read_some(buffer, take);
    else
        socket_.async_read_some(buffer, take);
    finish(is_done, result, deadline);
    if (taken > 0) return taken;
    return failed(result ? result : asio::error::make_error_code(asio::error::eof));
}

mail::Result<mail::Done> Wire::write(std::string_view bytes, Deadline deadline)
{
    bool is_done = false;
    error_code result;
    std::size_t sent = 0;
    const auto take = [&](error_code error, std::size_t count) {
        result = error;
        sent = count;
        is_done = true;
    };
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    if (tls_)
        asio::async_write(*tls_, buffer, take);
    else
        asio::async_write(socket_, buffer, take);
    finish(is_done, result, deadline);
    if (sent == bytes.size()) return mail::Done{};  // whatever came with it shows in the next read
    return failed(result);
}

bool Wire::has_input()
{
    // Asio reads as much as there is and leaves it in a BIO: whole records lie there unseen.
    if (tls_ && (SSL_has_pending(tls_->native_handle()) == 1 ||
                 BIO_ctrl_pending(SSL_get_rbio(tls_->native_handle())) > 0))
        return true;
    error_code error;
    socket_.non_blocking(true, error);
    char octet = 0;
    const auto peek = Socket::message_peek;
    const std::size_t bytes = socket_.receive(asio::buffer(&octet, 1), peek, error);
    return bytes > 0 || (error && error != asio::error::would_block);
}

}  // namespace postman::smtp
