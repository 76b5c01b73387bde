#include "postman/oauth/client_file.h"

#include "common/web/web_url.h"
#include "postman/oauth/json_object.h"
#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

using nlohmann::json;

mail::Error malformed(std::string what)
{
    return {mail::ErrorKind::malformed, std::move(what)};
}

std::vector<std::string> texts_of(const json& object, const char* key)
{
    std::vector<std::string> texts;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array()) return texts;
    for (const json& text : *found)
        if (text.is_string()) texts.push_back(text.get<std::string>());
    return texts;
}

bool is_url(const std::string& text)
{
    return mail::web::parse_web_url(text).has_value();
}

mail::Result<ClientFile> client_secret(const json& object, bool is_web)
{
    ClientSecret client;
    client.is_web = is_web;
    client.id = text_of(object, "client_id");
    client.secret = text_of(object, "client_secret");
    client.authorization_url = text_of(object, "auth_uri");
    client.token_url = text_of(object, "token_uri");
    client.redirect_uris = texts_of(object, "redirect_uris");
    if (!is_token(client.id)) return malformed("it has no client_id");
    if (!client.secret.empty() && !is_token(client.secret))
        return malformed("its client_secret cannot be used");
    if (!is_url(client.authorization_url) || !is_url(client.token_url))
        return malformed("its auth_uri or token_uri is no https:// URL");
    return ClientFile(std::move(client));
}

mail::Result<ClientFile> service_key(const json& object)
{
    ServiceKey key;
    key.email = text_of(object, "client_email");
    key.key_id = text_of(object, "private_key_id");
    key.private_key = text_of(object, "private_key");
    key.token_url = text_of(object, "token_uri");
    if (!is_token(key.email)) return malformed("the key file has no client_email");
    if (key.private_key.find("PRIVATE KEY-----") == std::string::npos)
        return malformed("the key file has no private_key in PEM");
    if (!key.key_id.empty() && !is_token(key.key_id))
        return malformed("its private_key_id cannot be used");
    if (!is_url(key.token_url)) return malformed("its token_uri is no https:// URL");
    return ClientFile(std::move(key));
}

/// oauth2client's `scopes` is a list, or a text with spaces; its access token has long expired.
mail::Result<ClientFile> old_credentials(const json& object)
{
    OldCredentials old;
    old.client_id = text_of(object, "client_id");
    old.client_secret = text_of(object, "client_secret");
    old.refresh_token = text_of(object, "refresh_token");
    old.token_url = text_of(object, "token_uri");
    old.scope = text_of(object, "scopes");
    for (const std::string& scope : texts_of(object, "scopes"))
        old.scope.append(old.scope.empty() ? "" : " ").append(scope);
    if (!is_token(old.client_id)) return malformed("it has no client_id");
    if (!is_token(old.refresh_token))
        return malformed("it has no refresh_token: authorise anew instead");
    if (!is_url(old.token_url)) return malformed("its token_uri is no https:// URL");
    return ClientFile(std::move(old));
}

}  // namespace

mail::Result<ClientFile> parse_client_file(std::string_view text)
{
    auto object = parse_object(text);
    if (!object) return std::move(object).error();
    for (const char* kind : {"installed", "web"})
        if (const auto found = object->find(kind); found != object->end() && found->is_object())
            return client_secret(*found, std::string_view(kind) == "web");
    if (text_of(*object, "type") == "service_account") return service_key(*object);
    if (object->contains("refresh_token") || object->contains("_class"))
        return old_credentials(*object);
    return malformed(
        "it is neither a client_secret.json, a service account's key file nor gmail-relay's "
        "credentials.json");
}

}  // namespace postman::oauth
