/// Where an origin side is asked: the URL of the command line, taken apart. Pure.
///
///     example.com/postoffice         https
///     https://example.com:8443/p     https
///     http://127.0.0.1:8000          only to loopback, or where insecure http is allowed
///     unix:/run/postoffice/postmaster.socket
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace mail::web
{

struct EndpointUrl {
    enum class Scheme { https, http, unix_socket };
    Scheme scheme = Scheme::https;
    std::string host;  // without brackets; the path of a unix socket
    int port = 443;
    std::string prefix;  // "/postoffice", or empty; never with a slash at its end

    /// For logs: canonical, no secrets in it.
    std::string text() const;
    bool operator==(const EndpointUrl&) const = default;
};

/// errors  malformed: with what is wrong with it
///         refused:   http to a host that is not this one, without allow_insecure
[[nodiscard]] mail::Result<EndpointUrl> parse_endpoint_url(std::string_view url,
                                                           bool allow_insecure);

}  // namespace mail::web
