/// The ways in which a person lets postman into an account: in a browser that comes back to this
/// host's loopback address (RFC 8252), or on another device (RFC 8628). What needs no person is a
/// renewal from the start: renewal.h.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "common/clock.h"
#include "common/web/web_client.h"
#include "postman/oauth/account.h"
#include "postman/oauth/provider.h"

namespace postman::oauth
{

struct SignIn {
    Provider provider;
    std::string user;
};

struct SignInSeams {
    mail::web::WebClient& web;
    const mail::Clock& clock;
    std::function<void(const std::string& line)> tell;  // to the person
    std::function<bool(std::chrono::seconds)> pause;    // false: a stop
    std::stop_token stop;
};

/// The account without its tokens: what all ways begin with.
[[nodiscard]] Account new_account(const SignIn& sign_in);

/// Where the person's browser begins (RFC 6749 4.1.1, RFC 7636 4.3).
struct CodeRequest {
    std::string redirect_uri;
    std::string state;
    std::string verifier;
};
[[nodiscard]] std::string authorization_url(const SignIn& sign_in, const CodeRequest& request);

/// Redeems the code (RFC 6749 4.1.3, RFC 7636 4.5).
/// errors  refused: the provider's words, or no refresh token came with it; temporary
[[nodiscard]] mail::Result<Account> redeem_code(const SignIn& sign_in, const CodeRequest& request,
                                                const std::string& code, const SignInSeams& seams);

/// Shows the person a code, and asks until it was entered elsewhere.
/// errors  refused: denied, expired, or the provider's words; temporary: a stop
/// blocks  for as long as the code lives, at most an hour
[[nodiscard]] mail::Result<Account> sign_in_by_device(const SignIn& sign_in,
                                                      const SignInSeams& seams);

}  // namespace postman::oauth
