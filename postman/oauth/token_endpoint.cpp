#include "postman/oauth/token_endpoint.h"

#include "common/base64.h"
#include "postman/oauth/jwt.h"
#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

constexpr std::chrono::seconds kDeadline{30};
constexpr std::size_t kMaxAnswerBytes = 256 * 1024;
constexpr const char* kJwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// RFC 6749 2.3.1: both are form-encoded before they are joined.
std::string basic_header(const Client& client)
{
    return "Basic " +
           mail::base64_encode(percent_encode(client.id) + ":" + percent_encode(client.secret));
}

}  // namespace

mail::Result<EndpointAnswer> ask_token_endpoint(mail::web::WebClient& web, const std::string& url,
                                                const Client& client, Form form,
                                                std::stop_token stop)
{
    mail::web::WebRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = {{"Accept", "application/json"}};
    request.content_type = "application/x-www-form-urlencoded";
    request.deadline = kDeadline;
    request.max_bytes = kMaxAnswerBytes;
    if (client.uses_basic) {
        request.headers["Authorization"] = basic_header(client);
    } else if (!client.id.empty()) {
        form.emplace_back("client_id", client.id);
        if (!client.secret.empty()) form.emplace_back("client_secret", client.secret);
    }
    std::string body = form_encode(form);
    for (auto& [name, value] : form) wipe(value);
    const WipeAtEnd wiped(body);
    request.body = body;
    auto web_answer = web.ask(request, std::move(stop));
    if (!web_answer) return std::move(web_answer).error();
    const WipeAtEnd wiped_answer(web_answer->body);
    return EndpointAnswer{parse_token_answer(web_answer->status, web_answer->body),
                          web_answer->retry_after};
}

mail::Result<Form> renewal_form(const Account& account, mail::WallTime now)
{
    if (account.renewal == Account::Renewal::refresh_token)
        return Form{{"grant_type", "refresh_token"}, {"refresh_token", account.refresh_token}};
    if (account.renewal == Account::Renewal::client_credentials) {
        Form form{{"grant_type", "client_credentials"}};
        if (!account.scope.empty()) form.emplace_back("scope", account.scope);
        return form;
    }
    auto assertion = sign_assertion({account.key.email, account.user, account.scope,
                                     account.token_url, account.key.key_id, now},
                                    account.key.private_key);
    if (!assertion) return std::move(assertion).error();
    return Form{{"grant_type", kJwtBearer}, {"assertion", std::move(*assertion)}};
}

}  // namespace postman::oauth
