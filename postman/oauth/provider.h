/// Whom an account is with: endpoints, scope, and the client that is registered there. Google and
/// Microsoft are known; others are a file of `name = value` lines:
///
///     name = example
///     authorization-url = https://login.example/authorize
///     token-url = https://login.example/token
///     device-url = https://login.example/device
///     scope = "mail.send offline_access"
///     client-id = postman
///     client-secret-file = /etc/postoffice/example.secret
///     client-authentication = body        # or basic (RFC 6749 2.3.1)
///     parameter = prompt=consent          # more of the authorization URL; repeatable
///     redirect-host = 127.0.0.1           # or localhost
///     ca = /etc/postoffice/example-ca.pem
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"
#include "postman/oauth/form.h"

namespace postman::oauth
{

struct Client {
    std::string id;
    std::string secret;       // empty: a public client
    bool uses_basic = false;  // the secret goes into the Authorization header, not into the body
};

struct Provider {
    std::string name;  // "google"; for logs and for `postman auth --provider`
    std::string authorization_url;
    std::string token_url;
    std::string device_url;
    std::string scope;
    Form parameters;  // of the authorization URL, besides the standard's
    std::string redirect_host = "127.0.0.1";
    std::string ca;  // a CA file; empty: the system's
    Client client;
    std::string client_secret_file;  // to be read into client.secret by the caller
};

/// Endpoints that the web can be asked at, and no secret shown on the way.
/// `tenant` is Microsoft's: "common", "organizations", a domain or an id.
/// errors  malformed: no such built-in, an unsound tenant
[[nodiscard]] mail::Result<Provider> built_in_provider(std::string_view name,
                                                       std::string_view tenant);

/// errors  malformed: with the line's number: a name that is not known or comes twice, a URL that
///         is none, no token-url
[[nodiscard]] mail::Result<Provider> parse_provider(std::string_view text);

/// Google's words for what an account may do: "send" (the API's gmail.send) and "mail" (SMTP and
/// IMAP); anything else is a scope as it stands.
[[nodiscard]] std::string scope_for(const Provider& provider, std::string_view words);

}  // namespace postman::oauth
