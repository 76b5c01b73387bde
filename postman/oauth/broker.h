/// The credential broker: hands access tokens to the mail programs of this host over a unix
/// socket (broker_protocol.h). Who may ask, the socket's owner and mode decide.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/http/listening_socket.h"
#include "postman/token_source.h"

namespace postman::oauth
{

struct BrokerAccount {
    std::string user;
    std::unique_ptr<TokenSource> tokens;
    bool is_kept_fresh = false;  // renewed ahead, so that no client has to wait for that
};

struct BrokerSettings {
    std::vector<BrokerAccount> accounts;
    std::vector<std::string> protocols;       // "SMTP", "IMAP"; others get nothing
    std::size_t workers = 32;                 // clients served at the same time; more wait
    std::chrono::seconds client_deadline{5};  // for its request, and again for the answer
    std::chrono::seconds keep_fresh_every{30};
};

class Broker
{
public:
    Broker(BrokerSettings settings, std::vector<mail::http::ListeningSocket> sockets);

    /// Until a stop; what is being answered then gets its end.
    void serve(std::stop_token stop);

private:
    void work(const std::stop_token& stop);
    void serve_client(int client, const std::stop_token& stop);
    void keep_fresh(const std::stop_token& stop);
    mail::Result<std::string> answer_to(const std::string& request, const std::stop_token& stop);

    BrokerSettings settings_;
    mail::http::Descriptor wake_;  // an eventfd that a stop makes readable, for good
    const std::vector<mail::http::ListeningSocket> sockets_;
};

}  // namespace postman::oauth
