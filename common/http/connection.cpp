#include "common/http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace mail::http
{
namespace
{

/// The whole answer to a request that never reached a handler.
std::string refusal_bytes(int status, std::string_view detail, bool with_body)
{
    const Answer answer = problem(status, detail);
    std::string bytes = "HTTP/1.1 " + std::to_string(status) + " ";
    bytes.append(reason_phrase(status))
        .append("\r\nConnection: close\r\nContent-Type: ")
        .append(answer.type);
    if (status == 503) bytes += "\r\nRetry-After: 2";
    bytes.append("\r\nContent-Length: ")
        .append(std::to_string(answer.body.size()))
        .append("\r\n\r\n");
    return with_body ? bytes + answer.body : bytes;
}

}  // namespace

Connection::Connection(Descriptor socket, std::string peer, RequestGuard guard, Time deadline)
    : socket_(std::move(socket)),
      peer_(std::move(peer)),
      guard_(std::move(guard)),
      deadline_(deadline)
{
}

Connection::Phase Connection::on_readable()
{
    char buffer[16 * 1024];
    // One piece at a time: a fast sender must not hold the loop.
    const ssize_t count = ::recv(descriptor(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (count > 0)
        take({buffer, static_cast<std::size_t>(count)});
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        phase_ = Phase::gone;
    return phase_;
}

void Connection::take(std::string_view bytes)
{
    if (phase_ == Phase::linger) return;
    if (phase_ == Phase::body) return take_body(bytes);
    std::size_t consumed = 0;
    const RequestGuard::State state = guard_.feed(bytes, consumed);
    if (state == RequestGuard::State::reading) return;
    if (state == RequestGuard::State::refused) {
        phase_ = Phase::refused;
        return;
    }
    phase_ = Phase::body;
    take_body(bytes.substr(consumed));
}

void Connection::take_body(std::string_view bytes)
{
    const auto wanted = static_cast<std::size_t>(head().body_bytes) - body_.size();
    body_.append(bytes.substr(0, std::min(wanted, bytes.size())));
    if (body_.size() == head().body_bytes) phase_ = Phase::ready;
}

bool Connection::reserve_body(std::atomic<std::uint64_t>& in_memory, std::uint64_t limit)
{
    if (in_memory.fetch_add(head().body_bytes) + head().body_bytes > limit) {
        in_memory -= head().body_bytes;
        return false;
    }
    in_memory_ = &in_memory;
    return true;
}

void Connection::release_body()
{
    std::string().swap(body_);
    if (in_memory_ != nullptr) *in_memory_ -= head().body_bytes;
    in_memory_ = nullptr;
}

void Connection::refuse(int status, std::string_view detail, Time deadline)
{
    const std::string bytes = refusal_bytes(status, detail, head().method != "HEAD");
    // A few hundred bytes into an empty socket buffer: they fit, or the client is gone.
    [[maybe_unused]] const auto ignored =
        ::send(descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    linger(deadline);
}

void Connection::linger(Time deadline)
{
    ::shutdown(descriptor(), SHUT_WR);
    phase_ = Phase::linger;
    deadline_ = deadline;
    release_body();
}

}  // namespace mail::http
