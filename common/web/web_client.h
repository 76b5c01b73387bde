/// HTTPS to the providers that ways out and tokens need: certificates verified, no redirects
/// followed, a bound on the bytes and on the whole time. http:// only to loopback.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/result.h"

namespace mail::web
{

struct WebRequest {
    std::string method = "GET";
    std::string url;                             // "https://oauth2.googleapis.com/token"
    std::map<std::string, std::string> headers;  // Authorization is never logged
    std::string content_type;                    // of the body, where there is one
    std::string_view body;
    std::chrono::seconds deadline{60};  // for everything: name, connection, TLS, answer
    std::size_t max_bytes = 1 << 20;    // of the answer
    /// Set to true before ask() returns an error, if all of the request may have been sent: the
    /// server may have done what it asks. Left alone where that is certain not to be so: no name,
    /// no connection, no TLS, cut while it was written.
    bool* may_have_arrived = nullptr;
};

struct WebAnswer {
    int status = 0;
    std::string content_type;
    std::optional<std::chrono::seconds> retry_after;  // RFC 9110 10.2.3, both forms; at most a day
    std::string body;
};

class WebClient
{
public:
    virtual ~WebClient() = default;

    /// Asks once. An answer of any status is an answer.
    ///
    /// errors  malformed: no sound URL; refused: the certificate or its dates;
    ///         temporary: no name, no connection, cut, too long, too slow. A line for people,
    ///         without the headers' or the body's secrets
    /// blocks  until the answer is complete, the deadline, or a stop. Called from any thread
    [[nodiscard]] virtual mail::Result<WebAnswer> ask(const WebRequest& request,
                                                      std::stop_token stop) = 0;
};

}  // namespace mail::web
