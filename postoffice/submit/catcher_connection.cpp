#include "postoffice/submit/catcher_connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace postoffice::submit
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::http::Descriptor;
using Deadline = CatcherConnection::Deadline;

Error trouble(const char* step, int number = 0)
{
    return Error{ErrorKind::temporary, step, number};
}

bool wait_for(int socket, short events, Deadline deadline)
{
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd one{socket, events, 0};
        const int timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 600'000));
        const int ready = ::poll(&one, 1, timeout);
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

Result<Descriptor> connect_to(const sockaddr* address, socklen_t size, Deadline deadline)
{
    Descriptor socket(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return trouble("no socket", errno);
    if (::connect(socket.get(), address, size) == 0) return socket;
    if (errno != EINPROGRESS && errno != EINTR) return trouble("no connection", errno);
    if (!wait_for(socket.get(), POLLOUT, deadline)) return trouble("no connection in time");
    int fault = 0;
    socklen_t fault_size = sizeof fault;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &fault, &fault_size);
    if (fault != 0) return trouble("no connection", fault);
    return socket;
}

Result<Descriptor> connect_unix(const std::string& path, Deadline deadline)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
    return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
}

/// A number is no question to the resolver, which would have to be loaded first.
Result<Descriptor> connect_tcp(const mail::HostPort& endpoint, Deadline deadline)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(endpoint.port);
    int fault = ::getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found);
    if (fault == EAI_NONAME) {
        hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
        fault = ::getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found);
    }
    if (fault != 0) return Error{ErrorKind::temporary, ::gai_strerror(fault)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    Result<Descriptor> socket = trouble("no address");
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        socket = connect_to(one->ai_addr, one->ai_addrlen, deadline);
        if (!socket) continue;
        const int on = 1;
        ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        break;
    }
    return socket;
}

}  // namespace

Result<CatcherConnection> CatcherConnection::open(const Target& target, Deadline deadline)
{
    auto socket = target.path.empty() ? connect_tcp(target.endpoint, deadline)
                                      : connect_unix(target.path, deadline);
    if (!socket) return std::move(socket).error();
    return CatcherConnection(std::move(*socket), deadline);
}

bool CatcherConnection::wait(short events) const
{
    return wait_for(socket_.get(), events, deadline_);
}

bool CatcherConnection::has_input() const
{
    if (!replies_.is_empty()) return true;
    pollfd one{socket_.get(), POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
}

Result<Done> CatcherConnection::send(std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t sent = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent > 0) octets.remove_prefix(static_cast<std::size_t>(sent));
        if (sent >= 0 || errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return trouble("the connection broke", errno);
        if (!wait(POLLOUT)) return trouble("it does not take more in time");
    }
    return Done{};
}

Result<mail::smtp::Reply> CatcherConnection::receive()
{
    char piece[4096];
    while (true) {
        if (auto reply = replies_.next()) return std::move(*reply);
        if (!replies_.fault().empty()) return Error{ErrorKind::temporary, replies_.fault()};
        const ssize_t got = ::recv(socket_.get(), piece, sizeof piece, 0);
        if (got > 0) replies_.feed({piece, static_cast<std::size_t>(got)});
        if (got == 0) return trouble("it closed the connection");
        if (got > 0 || errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return trouble("the connection broke", errno);
        if (!wait(POLLIN)) return trouble("no answer in time");
    }
}

}  // namespace postoffice::submit
