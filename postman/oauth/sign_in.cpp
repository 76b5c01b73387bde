#include "postman/oauth/sign_in.h"

#include "postman/oauth/freshness.h"
#include "postman/oauth/pkce.h"
#include "postman/oauth/secret.h"
#include "postman/oauth/token_endpoint.h"

namespace postman::oauth
{
namespace
{

using std::chrono::seconds;

constexpr seconds kDeviceDeadline{30};
constexpr seconds kSlowDown{5};  // RFC 8628 3.5
constexpr seconds kSlowest{300};
constexpr const char* kDeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

mail::Error refused(std::string what)
{
    return {mail::ErrorKind::refused, std::move(what)};
}

mail::Result<Account> account_from(const SignIn& sign_in, Grant& grant, const mail::Clock& clock)
{
    if (grant.refresh_token.empty())
        return refused(
            "the provider gave no refresh token, so nothing would work for longer than "
            "an hour: does the scope ask for offline access?");
    Account account = new_account(sign_in);
    take_grant(account, std::move(grant.access_token), grant.expires_in, grant.refresh_token,
               wall_seconds(clock.wall()));
    wipe(grant.refresh_token);
    return account;
}

mail::Result<DeviceCode> ask_for_device_code(const SignIn& sign_in, const SignInSeams& seams)
{
    const std::string body =
        form_encode({{"client_id", sign_in.provider.client.id}, {"scope", sign_in.provider.scope}});
    mail::web::WebRequest request;
    request.method = "POST";
    request.url = sign_in.provider.device_url;
    request.headers = {{"Accept", "application/json"}};
    request.content_type = "application/x-www-form-urlencoded";
    request.body = body;
    request.deadline = kDeviceDeadline;
    const auto answer = seams.web.ask(request, seams.stop);
    if (!answer) return answer.error();
    return parse_device_answer(answer->status, answer->body);
}

void tell_device_code(const DeviceCode& code, const SignInSeams& seams)
{
    seams.tell("On any device, open   " + code.verification_uri);
    seams.tell("and enter the code    " + code.user_code);
    if (!code.complete_uri.empty()) seams.tell("or open at once       " + code.complete_uri);
    seams.tell("This waits for it for " + std::to_string(code.expires_in.count() / 60) +
               " minutes.");
}

/// What an answer means for the next question (RFC 8628 3.5): the new interval, or the end.
mail::Result<seconds> next_interval(const Refusal& refusal, seconds interval)
{
    if (refusal.error == "authorization_pending") return interval;
    if (refusal.error == "slow_down") return interval + kSlowDown;
    if (refusal.error == "http_429" || refusal.error.starts_with("http_5"))
        return std::min(interval * 2, kSlowest);
    if (refusal.error == "access_denied") return refused("the person, or the provider, said no");
    if (refusal.error == "expired_token")
        return refused("the code was not entered in time: begin again");
    return refused(refusal.told());
}

}  // namespace

Account new_account(const SignIn& sign_in)
{
    Account account;
    account.user = sign_in.user;
    account.provider = sign_in.provider.name;
    account.token_url = sign_in.provider.token_url;
    account.scope = sign_in.provider.scope;
    account.ca = sign_in.provider.ca;
    account.client = sign_in.provider.client;
    return account;
}

std::string authorization_url(const SignIn& sign_in, const CodeRequest& request)
{
    Form form = {{"response_type", "code"},
                 {"client_id", sign_in.provider.client.id},
                 {"redirect_uri", request.redirect_uri},
                 {"scope", sign_in.provider.scope},
                 {"state", request.state},
                 {"code_challenge", s256_challenge(request.verifier)},
                 {"code_challenge_method", "S256"},
                 {"login_hint", sign_in.user}};
    const Form& more = sign_in.provider.parameters;
    form.insert(form.end(), more.begin(), more.end());
    const std::string& url = sign_in.provider.authorization_url;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + form_encode(form);
}

mail::Result<Account> redeem_code(const SignIn& sign_in, const CodeRequest& request,
                                  const std::string& code, const SignInSeams& seams)
{
    auto answer = ask_token_endpoint(seams.web, sign_in.provider.token_url, sign_in.provider.client,
                                     {{"grant_type", "authorization_code"},
                                      {"code", code},
                                      {"redirect_uri", request.redirect_uri},
                                      {"code_verifier", request.verifier}},
                                     seams.stop);
    if (!answer) return std::move(answer).error();
    if (!answer->answer.grant) return refused(answer->answer.refusal.told());
    return account_from(sign_in, *answer->answer.grant, seams.clock);
}

mail::Result<Account> sign_in_by_device(const SignIn& sign_in, const SignInSeams& seams)
{
    const auto code = ask_for_device_code(sign_in, seams);
    if (!code) return code.error();
    tell_device_code(*code, seams);
    const auto end = seams.clock.boot() + code->expires_in;
    seconds interval = code->interval;
    while (seams.clock.boot() < end) {
        if (!seams.pause(interval)) return mail::Error{mail::ErrorKind::temporary, "stopped"};
        auto answer = ask_token_endpoint(
            seams.web, sign_in.provider.token_url, sign_in.provider.client,
            {{"grant_type", kDeviceCode}, {"device_code", code->device_code}}, seams.stop);
        if (answer && answer->answer.grant)
            return account_from(sign_in, *answer->answer.grant, seams.clock);
        if (!answer && answer.error().kind != mail::ErrorKind::temporary) return answer.error();
        if (!answer) {  // RFC 8628 3.5: after a lost connection, more slowly
            interval = std::min(interval * 2, kSlowest);
            continue;
        }
        auto next = next_interval(answer->answer.refusal, interval);
        if (!next) return std::move(next).error();
        interval = *next;
    }
    return refused("the code was not entered in time: begin again");
}

}  // namespace postman::oauth
