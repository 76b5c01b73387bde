/// One HTTP exchange with an endpoint that is not trusted: certificates verified, no redirects, no
/// proxy, a bound on the bytes and on the whole time. cpp-httplib lives here.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/result.h"
#include "postman/endpoint_url.h"

namespace postman
{

struct HttpCredentials {
    std::string user;  // empty: no Authorization header
    std::string password;
    std::string ca_file;    // empty: the system's
    std::string cert_file;  // of the client; with key_file
    std::string key_file;
};

struct HttpQuestion {
    std::string method;                 // "POST"
    std::string target;                 // "/v1/leases?max=50", put behind the URL's prefix
    std::string body;                   // application/json, where there is one
    std::chrono::seconds deadline{60};  // for everything: name, connection, TLS, answer
    std::size_t max_bytes = 1 << 20;    // of the answer
};

struct HttpAnswer {
    int status = 0;
    std::string content_type;
    std::string location;
};

class HttpExchange
{
public:
    /// errors  refused: a certificate, key or CA file that cannot be used
    static mail::Result<std::unique_ptr<HttpExchange>> make(const EndpointUrl& url,
                                                            const HttpCredentials& credentials);
    virtual ~HttpExchange() = default;

    /// Takes the body's next piece; false ends the exchange.
    using Sink = std::function<bool(std::string_view piece)>;

    /// Asks once. The body goes to `sink` when the status is 200, else nowhere.
    ///
    /// errors  temporary: with a line for people: which name, which certificate check, cut, too
    /// long, too slow blocks  until the answer is complete, the deadline, or a stop
    [[nodiscard]] virtual mail::Result<HttpAnswer> ask(const HttpQuestion& question,
                                                       const Sink& sink, std::stop_token stop) = 0;
};

}  // namespace postman
