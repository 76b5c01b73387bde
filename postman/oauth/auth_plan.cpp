#include "postman/oauth/auth_plan.h"

#include "common/web/web_url.h"

namespace postman::oauth
{
namespace
{

struct WayName {
    const char* name;
    Way way;
};
constexpr WayName kWays[] = {{"loopback", Way::loopback},
                             {"device", Way::device},
                             {"client-credentials", Way::client_credentials},
                             {"service-account", Way::service_account},
                             {"import", Way::import}};

mail::Error malformed(std::string what)
{
    return {mail::ErrorKind::malformed, std::move(what)};
}

/// "googleapis.com" of "https://oauth2.googleapis.com/token": near enough to tell providers apart.
std::string site_of(const std::string& url)
{
    const auto parsed = mail::web::parse_web_url(url);
    if (!parsed) return {};
    const std::string& host = parsed->server.host;
    const std::size_t last = host.rfind('.');
    const std::size_t dot =
        last == std::string::npos || last == 0 ? std::string::npos : host.rfind('.', last - 1);
    return dot == std::string::npos ? host : host.substr(dot + 1);
}

/// A file that Google wrote is of use with Google; one of anybody else's with that one's endpoint.
bool is_of(const Provider& provider, const std::string& token_url)
{
    const std::string site = site_of(token_url);
    if (site == site_of(provider.token_url)) return true;
    return provider.name == "google" && (site == "google.com" || site == "googleapis.com");
}

std::string token_url_of(const ClientFile& file)
{
    return std::visit([](const auto& one) { return one.token_url; }, file);
}

/// With the file's client, the provider's endpoints are the file's.
void take_client(AuthPlan& plan, const ClientSecret& client)
{
    Provider& provider = plan.sign_in.provider;
    provider.client.id = client.id;
    provider.client.secret = client.secret;
    provider.authorization_url = client.authorization_url;
    provider.token_url = client.token_url;
    if (!client.is_web) return;
    for (const std::string& uri : client.redirect_uris) {
        const auto url = mail::web::parse_web_url(uri);
        if (!url || url->server.scheme != mail::web::EndpointUrl::Scheme::http) continue;
        provider.redirect_host = url->server.host;
        plan.redirect_path = url->target;
        plan.port = static_cast<unsigned short>(url->server.port);
        return;
    }
}

void take_credentials(AuthPlan& plan, const OldCredentials& old)
{
    plan.sign_in.provider.client.id = old.client_id;
    plan.sign_in.provider.client.secret = old.client_secret;
    if (!old.scope.empty()) plan.sign_in.provider.scope = old.scope;
}

mail::Result<Way> choose_way(const AuthWishes& wishes, const Provider& provider)
{
    const bool is_key = wishes.file && std::holds_alternative<ServiceKey>(*wishes.file);
    const bool is_old = wishes.file && std::holds_alternative<OldCredentials>(*wishes.file);
    for (const auto& [name, way] : kWays) {
        if (wishes.way != name) continue;
        if (is_key != (way == Way::service_account))
            return malformed("--flow service-account and a service account's key file go together");
        if (way == Way::import && !is_old)
            return malformed("--flow import wants gmail-relay's credentials.json as --client");
        return way;
    }
    if (is_key) return Way::service_account;
    if (is_old) return Way::import;
    return provider.authorization_url.empty() ? Way::device : Way::loopback;
}

std::optional<std::string> lack_of(const AuthPlan& plan)
{
    const Provider& provider = plan.sign_in.provider;
    if (plan.way != Way::service_account && provider.client.id.empty())
        return "no client: give the file of your registration with --client, or --client-id";
    if (plan.way == Way::client_credentials && provider.client.secret.empty())
        return "client credentials want a --client-secret-file";
    if (plan.way == Way::loopback && provider.authorization_url.empty())
        return "the provider has no authorization-url: use --flow device";
    if (plan.way == Way::device && provider.device_url.empty())
        return "the provider has no device-url: use --flow loopback";
    return std::nullopt;
}

/// For the ways that need no person.
Account account_of(const AuthPlan& plan, const AuthWishes& wishes)
{
    Account account = new_account(plan.sign_in);
    if (plan.way == Way::client_credentials) account.renewal = Account::Renewal::client_credentials;
    if (plan.way == Way::import)
        account.refresh_token = std::get<OldCredentials>(*wishes.file).refresh_token;
    if (plan.way == Way::service_account) {
        account.renewal = Account::Renewal::service_key;
        account.key = std::get<ServiceKey>(*wishes.file);
        account.token_url = account.key.token_url;
        account.client = {};
    }
    return account;
}

}  // namespace

mail::Result<AuthPlan> plan_auth(Provider provider, const AuthWishes& wishes)
{
    if (wishes.file && !is_of(provider, token_url_of(*wishes.file)))
        return malformed("the --client file is for " + site_of(token_url_of(*wishes.file)) +
                         ", which is not " + provider.name + ": give the --provider it is from");
    const auto way = choose_way(wishes, provider);
    if (!way) return way.error();
    AuthPlan plan;
    plan.way = *way;
    plan.sign_in = {std::move(provider), wishes.user};
    Provider& chosen = plan.sign_in.provider;
    if (wishes.file && std::holds_alternative<ClientSecret>(*wishes.file))
        take_client(plan, std::get<ClientSecret>(*wishes.file));
    if (wishes.file && std::holds_alternative<OldCredentials>(*wishes.file))
        take_credentials(plan, std::get<OldCredentials>(*wishes.file));
    if (!wishes.client_id.empty()) chosen.client.id = wishes.client_id;
    if (!wishes.client_secret.empty()) chosen.client.secret = wishes.client_secret;
    if (!wishes.scope.empty()) chosen.scope = scope_for(chosen, wishes.scope);
    if (const auto lack = lack_of(plan)) return malformed(*lack);
    chosen.name = wishes.provider_argument;
    plan.account = account_of(plan, wishes);
    return plan;
}

}  // namespace postman::oauth
