#include "common/http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/http/library_exchange.h"
#include "common/log.h"

namespace mail::http
{
namespace
{

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kPauseAfterAcceptError = 500ms;
constexpr auto kMayBeDropped = 1s;
constexpr int kAcceptsPerTurn = 32;

std::string peer_name(const sockaddr_storage& address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address.ss_family == AF_INET)
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text,
                    sizeof text);
    else if (address.ss_family == AF_INET6)
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
                    sizeof text);
    else
        return "unix";
    return text;
}

void ring(int event)
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = ::write(event, &one, sizeof one);
}

void silence(int event)
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto ignored = ::read(event, &count, sizeof count);
}

}  // namespace

Listener::Listener(std::vector<ListeningSocket> sockets, ListenerLimits limits, Handler handler)
    : sockets_(std::move(sockets)),
      limits_(std::move(limits)),
      handler_(std::move(handler)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      pool_(std::make_unique<WorkerPool>(
          limits_.workers, [this](auto connection) { answer(std::move(connection)); })),
      thread_([this] { run(); })
{
}

Listener::~Listener()
{
    stop();
}

void Listener::stop()
{
    stop_.request_stop();
    ring(wake_.get());
    if (thread_.joinable()) thread_.join();
    pool_.reset();
    answered_.clear();
}

bool Listener::has_turned()
{
    const std::uint64_t now = turns_;
    const bool turned = now != turns_seen_;
    turns_seen_ = now;
    ring(wake_.get());
    return turned;
}

void Listener::run()
{
    while (!stop_.stop_requested()) {
        ++turns_;
        std::vector<pollfd> set = poll_set();
        if (::poll(set.data(), set.size(), poll_timeout()) < 0 && errno != EINTR) continue;
        silence(wake_.get());
        // The set's order: the event, the connections, the listening sockets.
        for (std::size_t i = 0; i < reading_.size(); ++i)
            if (set[1 + i].revents != 0) serve(reading_[i]);
        forget_gone();
        take_back();
        for (std::size_t i = 0; i < sockets_.size(); ++i)
            if (set[set.size() - sockets_.size() + i].revents != 0) accept_from(sockets_[i]);
    }
    reading_.clear();
}

std::vector<pollfd> Listener::poll_set() const
{
    std::vector<pollfd> set;
    set.reserve(1 + reading_.size() + sockets_.size());
    set.push_back({wake_.get(), POLLIN, 0});
    for (const auto& connection : reading_) set.push_back({connection->descriptor(), POLLIN, 0});
    const short events = may_accept() ? POLLIN : 0;
    // A negative descriptor is passed over by poll; a socket in error would spin otherwise.
    for (const auto& socket : sockets_)
        set.push_back({events != 0 ? socket.descriptor() : -1, events, 0});
    return set;
}

/// Until the nearest deadline, in ms; -1 for ever.
int Listener::poll_timeout() const
{
    const Time now = steady_clock::now();
    Time nearest = Time::max();
    for (const auto& connection : reading_) nearest = std::min(nearest, connection->deadline());
    if (accept_again_ > now) nearest = std::min(nearest, accept_again_);
    if (nearest == Time::max()) return -1;
    if (reading_.size() + in_workers_ >= limits_.connections)
        nearest = std::min(nearest, now + kMayBeDropped);
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(
                                std::max(nearest - now, steady_clock::duration(0)))
                                .count());
}

bool Listener::may_accept() const
{
    const Time now = steady_clock::now();
    if (now < accept_again_) return false;
    if (reading_.size() + in_workers_ < limits_.connections) return true;
    return !reading_.empty() && now - reading_.front()->since() > kMayBeDropped;
}

void Listener::accept_from(const ListeningSocket& socket)
{
    for (int i = 0; i < kAcceptsPerTurn && may_accept(); ++i) {
        sockaddr_storage address{};
        socklen_t length = sizeof address;
        Descriptor accepted(::accept4(socket.descriptor(), reinterpret_cast<sockaddr*>(&address),
                                      &length, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (accepted.get() < 0) return on_accept_error();
        // At the cap, the client that has kept us waiting for the longest time makes room.
        if (reading_.size() + in_workers_ >= limits_.connections) reading_.erase(reading_.begin());
        reading_.push_back(std::make_unique<Connection>(
            std::move(accepted), peer_name(address), RequestGuard(limits_.body_bytes, limits_.head),
            steady_clock::now() + limits_.head_deadline));
        serve(reading_.back());  // the request has mostly come already
        if (reading_.back() == nullptr) reading_.pop_back();
    }
}

/// Out of descriptors or memory: the connection stays in the backlog and poll would say so at once
/// again, so the loop looks away for a while.
void Listener::on_accept_error()
{
    const int why = errno;
    if (why == EAGAIN || why == EINTR || why == ECONNABORTED) return;
    accept_again_ = steady_clock::now() + kPauseAfterAcceptError;
    log::limited(log::Level::warning, "no new connections for a moment",
                 {{"reason", std::strerror(why)}});
}

/// Reads on; a request that is whole goes to a worker, and the place in the list becomes null.
void Listener::serve(std::unique_ptr<Connection>& connection)
{
    const Connection::Phase before = connection->phase();
    const Connection::Phase now = connection->on_readable();
    const Time linger_until = steady_clock::now() + limits_.linger_deadline;
    if (now == Connection::Phase::refused) {
        const Refusal& refusal = connection->refusal();
        log::limited(
            log::Level::info, "request refused",
            {{"peer", connection->peer()}, {"status", refusal.status}, {"reason", refusal.detail}});
        return connection->refuse(refusal.status, refusal.detail, linger_until);
    }
    const bool head_is_new = before == Connection::Phase::head &&
                             (now == Connection::Phase::body || now == Connection::Phase::ready);
    if (head_is_new) {
        if (!connection->reserve_body(body_bytes_, limits_.all_bodies_bytes))
            return connection->refuse(503, "Busy. Try again soon.", linger_until);
        connection->set_deadline(steady_clock::now() + limits_.body_deadline);
    }
    if (now != Connection::Phase::ready) return;
    ++in_workers_;
    pool_->enqueue(std::move(connection));
}

/// Forgets connections that are done, and those whose time is over.
void Listener::forget_gone()
{
    const Time now = steady_clock::now();
    for (auto& connection : reading_) {
        if (connection == nullptr) continue;
        if (connection->phase() != Connection::Phase::gone && now >= connection->deadline())
            on_expired(*connection);
        if (connection->phase() == Connection::Phase::gone) connection.reset();
    }
    std::erase(reading_, nullptr);
}

void Listener::on_expired(Connection& connection)
{
    if (connection.phase() == Connection::Phase::linger || !connection.has_begun())
        return connection.give_up();
    log::limited(log::Level::info, "request timed out", {{"peer", connection.peer()}});
    connection.refuse(408, "The request came too slowly.",
                      steady_clock::now() + limits_.linger_deadline);
}

/// Connections that workers have answered linger here until the client closes.
void Listener::take_back()
{
    const std::lock_guard lock(mutex_);
    for (auto& connection : answered_) reading_.push_back(std::move(connection));
    in_workers_ -= answered_.size();
    answered_.clear();
}

/// In a worker.
void Listener::answer(std::unique_ptr<Connection> connection)
{
    try {
        answer_request(*connection, handler_, limits_.passed_fields, limits_.write_deadline,
                       stop_.get_token());
    } catch (
        const std::exception& exception) {  // no memory: this connection goes without an answer
        log::limited(log::Level::error, "no answer", {{"reason", exception.what()}});
    }
    connection->linger(steady_clock::now() + limits_.linger_deadline);
    {
        const std::lock_guard lock(mutex_);
        answered_.push_back(std::move(connection));
    }
    ring(wake_.get());
}

}  // namespace mail::http
