#include "common/http/listening_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "common/config.h"

namespace mail::http
{
namespace
{

constexpr int kBacklog = 511;
constexpr std::string_view kUnix = "unix:";
constexpr const char* kFacesNetwork =
    " is not loopback: nginx faces the network and passes requests on to this socket";

Error failed(ErrorKind kind, const std::string& step)
{
    return {kind, step, errno};
}

bool is_loopback(const sockaddr* address)
{
    if (address->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
        return (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
    }
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

Result<sockaddr_un> unix_address(std::string_view path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (!path.starts_with('/'))
        return Error{ErrorKind::malformed,
                     "unix:" + std::string(path) + ": the path starts with a slash"};
    if (path.size() >= sizeof address.sun_path)
        return Error{ErrorKind::malformed,
                     "unix:" + std::string(path) + ": a socket's path has at most 107 bytes"};
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

struct AddressList {
    addrinfo* first = nullptr;
    ~AddressList()
    {
        if (first != nullptr) ::freeaddrinfo(first);
    }
};

/// errors  as open_listening_socket
Result<Done> resolve(const HostPort& where, std::string_view text, AddressList& list)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | (where.host == "localhost" ? 0 : AI_NUMERICHOST);
    if (::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints,
                      &list.first) != 0)
        return Error{ErrorKind::malformed,
                     "listen " + std::string(text) + ": give an address and a port"};
    if (!is_loopback(list.first->ai_addr))
        return Error{ErrorKind::refused, "listen " + std::string(text) + kFacesNetwork};
    return Done{};
}

/// A socket file that nobody answers on is what a crash left.
Result<Done> remove_stale(const std::string& path, const sockaddr_un& address)
{
    struct stat status {
    };
    if (::lstat(path.c_str(), &status) != 0) return Done{};
    if (!S_ISSOCK(status.st_mode))
        return Error{ErrorKind::refused, path + " is there and is no socket"};
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
        errno == EAGAIN)
        return Error{ErrorKind::conflict, "somebody listens on " + path + " already"};
    if (errno != ECONNREFUSED) return failed(ErrorKind::temporary, "look at " + path);
    if (::unlink(path.c_str()) != 0)
        return failed(ErrorKind::temporary, "remove the stale " + path);
    return Done{};
}

Result<ListeningSocket> open_unix(const std::string& path, mode_t mode)
{
    const auto address = unix_address(path);
    if (!address) return address.error();
    if (auto ok = remove_stale(path, *address); !ok) return ok.error();

    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) return failed(ErrorKind::temporary, "open a socket");
    // On Linux the mode of the socket before bind is the mode of the file: closed to others from
    // the start.
    ::fchmod(socket.get(), 0600);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
        return failed(errno == EADDRINUSE ? ErrorKind::conflict : ErrorKind::temporary,
                      "make the socket " + path);
    ListeningSocket listening(std::move(socket), std::string(kUnix) + path, path);
    if (::listen(listening.descriptor(), kBacklog) != 0)
        return failed(ErrorKind::temporary, "listen on " + path);
    if (::chmod(path.c_str(), mode) != 0)
        return failed(ErrorKind::temporary, "set the mode of " + path);
    return listening;
}

Result<ListeningSocket> open_tcp(std::string_view text)
{
    const auto where = parse_host_port(text);
    if (!where) return where.error();
    AddressList list;
    if (auto ok = resolve(*where, text, list); !ok) return ok.error();

    Descriptor socket(
        ::socket(list.first->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) return failed(ErrorKind::temporary, "open a socket");
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket.get(), list.first->ai_addr, list.first->ai_addrlen) != 0 ||
        ::listen(socket.get(), kBacklog) != 0)
        return failed(errno == EADDRINUSE ? ErrorKind::conflict : ErrorKind::temporary,
                      "listen on " + std::string(text));
    return ListeningSocket(std::move(socket), std::string(text), "");
}

/// errors  refused: not a socket that this program may serve
Result<std::string> vet_inherited(int descriptor)
{
    const std::string which = "inherited descriptor " + std::to_string(descriptor);
    if (::sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
        return Error{ErrorKind::refused, which + " is no listening stream socket"};
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if (::getsockname(descriptor, address, &length) != 0)
        return failed(ErrorKind::temporary, which);
    if (address->sa_family == AF_UNIX)
        return "inherited unix:" +
               std::string(reinterpret_cast<const sockaddr_un*>(address)->sun_path);
    if (!is_loopback(address)) return Error{ErrorKind::refused, which + kFacesNetwork};
    return std::string("inherited loopback TCP");
}

}  // namespace

ListeningSocket::ListeningSocket(Descriptor descriptor, std::string name, std::string owned_path)
    : descriptor_(std::move(descriptor)), name_(std::move(name)), owned_path_(std::move(owned_path))
{
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      name_(std::move(other.name_)),
      owned_path_(std::exchange(other.owned_path_, {}))
{
}

ListeningSocket::~ListeningSocket()
{
    if (!owned_path_.empty()) ::unlink(owned_path_.c_str());
}

Result<std::vector<ListeningSocket>> inherited_sockets()
{
    std::vector<ListeningSocket> sockets;
    const int count = ::sd_listen_fds(/*unset_environment=*/1);
    for (int descriptor = SD_LISTEN_FDS_START; descriptor < SD_LISTEN_FDS_START + count;
         ++descriptor) {
        auto name = vet_inherited(descriptor);
        if (!name) return name.error();
        ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
        sockets.emplace_back(Descriptor(descriptor), std::move(*name), "");
    }
    return sockets;
}

Result<Done> check_listen_address(std::string_view address)
{
    if (address.starts_with(kUnix)) {
        auto path = unix_address(address.substr(kUnix.size()));
        return path ? Result<Done>(Done{}) : path.error();
    }
    const auto where = parse_host_port(address);
    if (!where) return where.error();
    AddressList list;
    return resolve(*where, address, list);
}

Result<ListeningSocket> open_listening_socket(std::string_view address, mode_t mode)
{
    if (address.starts_with(kUnix))
        return open_unix(std::string(address.substr(kUnix.size())), mode);
    return open_tcp(address);
}

}  // namespace mail::http
