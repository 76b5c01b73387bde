/// The assertion that a service account signs for itself (RFC 7523 2.1 and 3, RFC 7515): RS256.
#pragma once

#include <string>

#include "common/clock.h"
#include "common/result.h"

namespace postman::oauth
{

struct Assertion {
    std::string issuer;    // the service account
    std::string subject;   // the user it acts for
    std::string scope;     // Google's claim; left out where empty
    std::string audience;  // the token endpoint
    std::string key_id;
    mail::WallTime issued_at;  // good for an hour
};

/// errors  refused: a key that is no RSA key of 2048 bits or more, or is locked by a password
[[nodiscard]] mail::Result<std::string> sign_assertion(const Assertion& assertion,
                                                       const std::string& private_key_pem);

}  // namespace postman::oauth
