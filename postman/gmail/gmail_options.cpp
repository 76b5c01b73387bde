#include "postman/gmail/gmail_options.h"

#include <CLI/CLI.hpp>

#include "common/clock.h"
#include "common/web/https_web_client.h"
#include "postman/gmail/gmail_backend.h"
#include "postman/oauth/make_token_source.h"

namespace postman
{

void declare_gmail_options(CLI::App& app, GmailOptions& o)
{
    app.add_option("--deliver-user", o.user,
                   "the account that --deliver gmail sends by, as given to `postman auth`");
    app.add_option("--gmail-endpoint", o.endpoint, "Gmail's API, where it is not Google's own");
    app.add_option("--gmail-ca", o.ca, "the CA file for that, instead of the system's")
        ->type_name("FILE");
}

GmailWay gmail_way_of(const GmailOptions& o, const std::string& token)
{
    return {o.user, token.empty() ? "store" : token,
            o.endpoint.empty() ? kGmailEndpoint : o.endpoint, o.ca};
}

std::optional<std::string> fault_in(const GmailWay& way)
{
    if (way.user.empty() && way.token == "store")
        return "--deliver-user: gmail needs the account's address, as given to `postman auth`";
    if (!way.endpoint.starts_with("https://") || way.endpoint.ends_with('/'))
        return "--gmail-endpoint: wants https://HOST[:PORT]";
    if (const auto source = make_token_source(way.token, {.user = way.user}); !source)
        return "--deliver-token: " + source.error().step;
    return std::nullopt;
}

mail::Result<std::unique_ptr<DeliveryBackend>> make_gmail_backend(const GmailWay& way,
                                                                  const std::string& state,
                                                                  std::chrono::seconds timeout)
{
    auto tokens =
        make_token_source(way.token, {.user = way.user, .state = state, .provider = "google"});
    if (!tokens) return std::move(tokens).error();
    std::shared_ptr<mail::web::WebClient> web =
        mail::web::make_web_client({.ca_file = way.ca, .ca_option = "--gmail-ca"});
    GmailSettings settings;
    settings.endpoint = way.endpoint;
    settings.timeout = timeout;
    return std::unique_ptr<DeliveryBackend>(
        std::make_unique<GmailBackend>(std::move(settings), std::shared_ptr(std::move(*tokens)),
                                       std::move(web), mail::system_clock()));
}

}  // namespace postman
