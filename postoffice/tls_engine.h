/// TLS as bytes in and bytes out: what came from the client goes in, plain text comes out, and the
/// other way round (OpenSSL over memory). The server's side. No sockets.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace postoffice
{

class TlsEngine
{
public:
    enum class Step {
        done,
        wants_input,  // feed() and ask again
        ended,        // the client said that it ends (close_notify)
        failed,       // for good; why() has the reason, pending() perhaps an alert
    };
    struct Plain {
        Step step = Step::wants_input;
        std::size_t bytes = 0;  // with Step::done, at least one
    };

    /// errors  throws std::bad_alloc
    explicit TlsEngine(SSL_CTX& context);

    void feed(std::string_view from_client);
    Step handshake();
    Plain read(std::span<char> space);
    /// All of `plain`, into pending(). False: the connection is broken.
    bool write(std::string_view plain);
    /// Our close_notify, into pending().
    void say_goodbye();

    /// What is to be sent to the client; after any of the calls above.
    std::string_view pending() const;
    void sent(std::size_t bytes);

    /// What was fed and has not come out of read(): no less than its plain bytes.
    std::size_t unread_bytes() const;
    /// The client showed a certificate, and it is of the CA. After the handshake.
    bool has_client_certificate() const;
    const std::string& why() const { return why_; }

private:
    Step step_of(int result);

    struct Free {
        void operator()(SSL* ssl) const;
    };
    std::unique_ptr<SSL, Free> ssl_;
    BIO* input_ = nullptr;   // ssl_'s
    BIO* output_ = nullptr;  // ssl_'s
    std::size_t sent_ = 0;   // of what output_ holds
    std::string why_;
};

}  // namespace postoffice
