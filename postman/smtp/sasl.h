/// The client's side of one sign-in (RFC 4422): challenges in, responses out, without base64 and
/// without a socket. GNU SASL lives here; the two mechanisms for tokens are our own.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/result.h"
#include "postman/smtp/smarthost.h"

namespace postman::smtp
{

struct Identity {
    std::string user;
    std::string secret;   // the password, or the token
    std::string service;  // "smtp" or "lmtp"
    std::string host;     // as the smarthost's URL names it (DIGEST-MD5, OAUTHBEARER)
    unsigned short port = 0;
};

class SaslClient
{
public:
    /// errors  refused: a user or secret that the mechanism cannot carry
    static mail::Result<std::unique_ptr<SaslClient>> begin(Mechanism mechanism,
                                                           const Identity& identity);
    virtual ~SaslClient() = default;

    /// The response to a challenge. For a mechanism where the client speaks first, the first
    /// challenge is empty.
    /// errors  refused: what the server says is not this mechanism
    [[nodiscard]] virtual mail::Result<std::string> respond(std::string_view challenge) = 0;
    /// Nothing more is to be said: what the server grants now counts. Until then a grant is one of
    /// somebody who has not proved that he knows the secret (DIGEST-MD5, RFC 2831 2.1.3).
    [[nodiscard]] virtual bool is_complete() const = 0;
};

/// May the first response go with AUTH itself (RFC 4954 4)?
[[nodiscard]] bool client_speaks_first(Mechanism mechanism);
[[nodiscard]] bool wants_token(Mechanism mechanism);
[[nodiscard]] bool wants_password(Mechanism mechanism);

}  // namespace postman::smtp
