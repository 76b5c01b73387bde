/// The stream under one connection: a TCP or a unix socket. One thread; reads and writes do not
/// overlap.
///
/// Replies nearly always fit into the socket's buffer, so writing is tried at once, without a wait
/// and without a coroutine, and only what is left over is waited for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>

#include "postoffice/peer.h"

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
    /// No less than what has come and was not read yet.
    std::size_t unread_bytes() const;

    /// Ends the waits.
    void cancel();
    /// The other side reads an end; ours can still be read from.
    void end_writing();
    void close();

    boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    const Peer& peer() const { return peer_; }

private:
    Socket socket_;
    Peer peer_;
    std::string_view rest_;  // of what write_at_once() was given
};

}  // namespace postoffice
