#include "postoffice/transport.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace postoffice
{

namespace asio = boost::asio;

namespace
{

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

}  // namespace

Transport::Transport(Socket socket, Peer peer) : socket_(std::move(socket)), peer_(std::move(peer))
{
    socket_.non_blocking(true);  // write_at_once() must not wait
}

// Not a coroutine of its own: the plain path has one frame less.
asio::awaitable<Transport::Read> Transport::read_some(std::span<char> space)
{
    return socket_.async_read_some(asio::buffer(space.data(), space.size()), kToken);
}

bool Transport::write_at_once(std::string_view bytes)
{
    Error error;
    const std::size_t written = socket_.write_some(asio::buffer(bytes), error);
    rest_ = bytes.substr(written);
    return !error && rest_.empty();
}

asio::awaitable<bool> Transport::write_rest()
{
    const auto buffer = asio::buffer(rest_);
    const auto [error, bytes] = co_await asio::async_write(socket_, buffer, kToken);
    rest_ = {};
    co_return !error;
}

std::size_t Transport::unread_bytes() const
{
    Error ignored;
    return socket_.available(ignored);
}

void Transport::cancel()
{
    Error ignored;
    socket_.cancel(ignored);
}

void Transport::end_writing()
{
    Error ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Transport::close()
{
    Error ignored;
    socket_.close(ignored);
}

}  // namespace postoffice
