/// The questions to a provider's token endpoint (RFC 6749 3.2): a form out, an answer back.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "common/clock.h"
#include "common/web/web_client.h"
#include "postman/oauth/account.h"
#include "postman/oauth/form.h"
#include "postman/oauth/token_answer.h"

namespace postman::oauth
{

struct EndpointAnswer {
    TokenAnswer answer;
    std::optional<std::chrono::seconds> retry_after;
};

/// Adds the client's id and secret to the form, or the secret to the header (RFC 6749 2.3.1).
/// The form is wiped afterwards.
/// errors  those of WebClient::ask
[[nodiscard]] mail::Result<EndpointAnswer> ask_token_endpoint(mail::web::WebClient& web,
                                                              const std::string& url,
                                                              const Client& client, Form form,
                                                              std::stop_token stop);

/// What renews an account: a refresh token (RFC 6749 6), the client's own credentials (4.4), or a
/// signed assertion (RFC 7523 2.1).
/// errors  refused: a key that does not sign
[[nodiscard]] mail::Result<Form> renewal_form(const Account& account, mail::WallTime now);

}  // namespace postman::oauth
