/// The JSON files that Google hands out, and the one that gmail-relay wrote. Which kind a file is,
/// its content tells:
///
///     client_secret.json   {"installed": {…}} or {"web": {…}}: a registered client
///     a key file           {"type": "service_account", …}: an account that signs for itself
///     credentials.json     {"refresh_token": …, "client_id": …}: oauth2client's, from gmail-relay
///
/// Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/result.h"

namespace postman::oauth
{

struct ClientSecret {
    bool is_web = false;
    std::string id;
    std::string secret;
    std::string authorization_url;
    std::string token_url;
    std::vector<std::string> redirect_uris;
};

struct ServiceKey {
    std::string email;  // the JWT's iss
    std::string key_id;
    std::string private_key;  // PEM
    std::string token_url;
};

struct OldCredentials {
    std::string client_id;
    std::string client_secret;
    std::string refresh_token;
    std::string token_url;
    std::string scope;  // the scopes with spaces between them; may be empty
};

using ClientFile = std::variant<ClientSecret, ServiceKey, OldCredentials>;

/// errors  malformed: none of the three, or something in it that cannot be used
[[nodiscard]] mail::Result<ClientFile> parse_client_file(std::string_view text);

}  // namespace postman::oauth
