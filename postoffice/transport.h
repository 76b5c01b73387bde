/// The stream under one connection: a TCP or a unix socket, from some point on with TLS over it.
/// One thread; reads and writes do not overlap.
///
/// Replies nearly always fit into the socket's buffer, so writing is tried at once, without a wait
/// and without a coroutine, and only what is left over is waited for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "postoffice/peer.h"
#include "postoffice/tls_engine.h"

namespace postoffice
{

class Transport
{
public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Error = boost::system::error_code;
    using Read = std::tuple<Error, std::size_t>;

    Transport(Socket socket, Peer peer);

    /// Waits for bytes. Whoever calls names the awaitable's deadline, and cancel()s it.
    boost::asio::awaitable<Read> read_some(std::span<char> space);
    /// True: `bytes` is written as a whole. Else write_rest() goes on with it, or says why not;
    /// `bytes` must live until then.
    bool write_at_once(std::string_view bytes);
    boost::asio::awaitable<bool> write_rest();

    /// Before anything else inside TLS. False: it failed, why_not() says how.
    boost::asio::awaitable<bool> start_tls(SSL_CTX& context);
    bool has_client_certificate() const { return tls_ && tls_->engine.has_client_certificate(); }
    const std::string& why_not() const { return why_not_; }

    /// No less than what has come and was not read yet.
    std::size_t unread_bytes() const;

    /// Ends the waits.
    void cancel();
    /// The other side reads an end. What it still sends is for discard() only.
    void end_writing();
    /// Waits for bytes that nobody will look at.
    boost::asio::awaitable<Read> discard(std::span<char> space);
    void close();

    boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    const Peer& peer() const { return peer_; }

private:
    static constexpr std::size_t kCipherBytes = 16 * 1024;
    struct Tls {
        explicit Tls(SSL_CTX& context) : engine(context) {}
        TlsEngine engine;
        std::unique_ptr<char[]> cipher = std::make_unique_for_overwrite<char[]>(kCipherBytes);
    };

    boost::asio::awaitable<Read> read_tls(std::span<char> space);
    boost::asio::awaitable<Error> feed_tls();
    void push_tls();
    boost::asio::awaitable<Error> send_tls();

    Socket socket_;
    Peer peer_;
    std::string_view rest_;  // of what write_at_once() was given
    std::unique_ptr<Tls> tls_;
    std::string why_not_;
};

}  // namespace postoffice
