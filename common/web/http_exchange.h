/// One HTTP exchange with an endpoint that is not trusted: certificates verified, no redirects, no
/// proxy, a bound on the bytes and on the whole time. cpp-httplib lives here.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/result.h"
#include "common/web/endpoint_url.h"
#include "common/web/tls_facts.h"

namespace mail::web
{

struct HttpCredentials {
    std::string user;  // empty: no Authorization header
    std::string password;
    std::string ca_file;    // empty: the system's
    std::string cert_file;  // of the client; with key_file
    std::string key_file;
    std::string ca_option = "--ca";  // how people give one, for messages
};

struct HttpQuestion {
    std::string method;  // "POST"
    std::string target;  // "/v1/leases?max=50", put behind the URL's prefix
    std::string_view body;
    std::chrono::seconds deadline{60};              // for everything: name, connection, TLS, answer
    std::size_t max_bytes = 1 << 20;                // of the answer
    std::string content_type = "application/json";  // of the body, where there is one
    std::map<std::string, std::string> headers = {};  // more of them, sound
    bool takes_any_body = false;                      // of any status, not of 200 alone
    bool* may_have_arrived = nullptr;                 // as WebRequest's
};

struct HttpAnswer {
    int status = 0;
    std::string content_type;
    std::string location;
    std::string retry_after;  // as it stands in the header
    std::string date;         // likewise
    std::string allow;
};

class HttpExchange
{
public:
    /// facts   filled at each TLS handshake; nullptr, or outlives the exchange
    /// errors  refused: a certificate, key or CA file that cannot be used
    static mail::Result<std::unique_ptr<HttpExchange>> make(const EndpointUrl& url,
                                                            const HttpCredentials& credentials,
                                                            TlsFacts* facts = nullptr);
    virtual ~HttpExchange() = default;

    /// Takes the body's next piece; false ends the exchange.
    using Sink = std::function<bool(std::string_view piece)>;

    /// Asks once. The body goes to `sink` when the status is 200, else nowhere, unless the question
    /// takes any.
    ///
    /// errors  refused: the server's certificate
    ///         temporary: with a line for people: which name, cut, too long, too slow
    /// blocks  until the answer is complete, the deadline, or a stop
    [[nodiscard]] virtual mail::Result<HttpAnswer> ask(const HttpQuestion& question,
                                                       const Sink& sink, std::stop_token stop) = 0;
};

}  // namespace mail::web
