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
    if (tls_) return read_tls(space);
    return discard(space);
}

asio::awaitable<Transport::Read> Transport::discard(std::span<char> space)
{
    return socket_.async_read_some(asio::buffer(space.data(), space.size()), kToken);
}

bool Transport::write_at_once(std::string_view bytes)
{
    Error error;
    if (tls_) {
        if (!tls_->engine.write(bytes)) return false;
        push_tls();
        return tls_->engine.pending().empty();
    }
    const std::size_t written = socket_.write_some(asio::buffer(bytes), error);
    rest_ = bytes.substr(written);
    return !error && rest_.empty();
}

asio::awaitable<bool> Transport::write_rest()
{
    if (tls_) {
        const Error error = co_await send_tls();
        co_return !error && tls_->engine.why().empty();
    }
    const auto buffer = asio::buffer(rest_);
    const auto [error, bytes] = co_await asio::async_write(socket_, buffer, kToken);
    rest_ = {};
    co_return !error;
}

asio::awaitable<bool> Transport::start_tls(SSL_CTX& context)
{
    tls_ = std::make_unique<Tls>(context);
    for (;;) {
        const TlsEngine::Step step = tls_->engine.handshake();
        Error error = co_await send_tls();
        if (step == TlsEngine::Step::done && !error) co_return true;
        if (step != TlsEngine::Step::wants_input && !error) {
            why_not_ = tls_->engine.why();
            co_return false;
        }
        if (!error) error = co_await feed_tls();
        if (!error) continue;
        why_not_ = error == asio::error::eof ? "the client left" : error.message();
        co_return false;
    }
}

asio::awaitable<Transport::Read> Transport::read_tls(std::span<char> space)
{
    using Step = TlsEngine::Step;
    for (;;) {
        const TlsEngine::Plain plain = tls_->engine.read(space);
        push_tls();  // an answer to a change of keys, or an alert
        if (plain.step == Step::done) co_return Read{Error(), plain.bytes};
        if (plain.step == Step::ended) co_return Read{asio::error::eof, 0};
        if (plain.step == Step::failed) co_return Read{asio::error::connection_aborted, 0};
        // A client that changes keys without end and reads no answer must not fill our memory.
        Error error = co_await send_tls();
        if (!error) error = co_await feed_tls();
        if (error) co_return Read{error, 0};
    }
}

asio::awaitable<Transport::Error> Transport::feed_tls()
{
    const auto buffer = asio::buffer(tls_->cipher.get(), kCipherBytes);
    const auto [error, bytes] = co_await socket_.async_read_some(buffer, kToken);
    if (!error) tls_->engine.feed({tls_->cipher.get(), bytes});
    co_return error;
}

// As much as goes without waiting.
void Transport::push_tls()
{
    Error error;
    while (!error && !tls_->engine.pending().empty()) {
        const auto buffer = asio::buffer(tls_->engine.pending());
        tls_->engine.sent(socket_.write_some(buffer, error));
    }
}

asio::awaitable<Transport::Error> Transport::send_tls()
{
    push_tls();
    if (tls_->engine.pending().empty()) co_return Error();
    const auto buffer = asio::buffer(tls_->engine.pending());
    const auto [error, bytes] = co_await asio::async_write(socket_, buffer, kToken);
    tls_->engine.sent(bytes);
    co_return error;
}

std::size_t Transport::unread_bytes() const
{
    Error ignored;
    return socket_.available(ignored) + (tls_ ? tls_->engine.unread_bytes() : 0);
}

void Transport::cancel()
{
    Error ignored;
    socket_.cancel(ignored);
}

void Transport::end_writing()
{
    if (tls_) {
        tls_->engine.say_goodbye();
        push_tls();
    }
    Error ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Transport::close()
{
    Error ignored;
    socket_.close(ignored);
}

}  // namespace postoffice
