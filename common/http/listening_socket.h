/// Where requests come in: sockets that systemd hands over, a unix socket of our own, loopback TCP.
/// Anything else is refused: nginx faces the network.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/http/descriptor.h"
#include "common/result.h"

namespace mail::http
{

/// A socket that listens, without blocking. One of our own unlinks its path when it goes; an
/// inherited one is neither shut down nor unlinked, because systemd goes on listening on it.
class ListeningSocket
{
public:
    ListeningSocket(Descriptor descriptor, std::string name, std::string owned_path);
    ListeningSocket(ListeningSocket&& other) noexcept;
    ListeningSocket& operator=(ListeningSocket&&) = delete;
    ~ListeningSocket();

    int descriptor() const { return descriptor_.get(); }
    const std::string& name() const { return name_; }  // for logs: "unix:/run/…", "127.0.0.1:8000"

private:
    Descriptor descriptor_;
    std::string name_;
    std::string owned_path_;
};

/// The sockets that LISTEN_PID and LISTEN_FDS mean for this process; none when not activated.
/// errors  refused: one of them does not listen, or is neither a unix socket nor loopback TCP
[[nodiscard]] Result<std::vector<ListeningSocket>> inherited_sockets();

/// Checks the form of `unix:/PATH` or `HOST:PORT`, for --check-config. Opens nothing.
[[nodiscard]] Result<Done> check_listen_address(std::string_view address);

/// Opens `unix:/PATH` (a socket nobody answers on any more is replaced) or `HOST:PORT`.
/// mode     of the unix socket's file
/// errors  refused:   not loopback; the path is there and no socket
///         conflict:  somebody listens there
///         temporary: the system says no
[[nodiscard]] Result<ListeningSocket> open_listening_socket(std::string_view address,
                                                            mode_t mode = 0660);

}  // namespace mail::http
