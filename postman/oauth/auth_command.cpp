#include "postman/oauth/auth_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "common/config.h"
#include "common/log.h"
#include "common/web/https_web_client.h"
#include "postman/oauth/account_list.h"
#include "postman/oauth/account_store.h"
#include "postman/oauth/loopback_listener.h"
#include "postman/oauth/pkce.h"
#include "postman/oauth/renewal.h"
#include "postman/oauth/secret.h"
#include "postman/oauth/state_owner.h"
#include "postman/options.h"
#include "postman/signals.h"
#include "postman/way_out.h"

namespace postman
{
namespace
{

using oauth::Way;

constexpr int kRefused = 1;
constexpr std::uint64_t kMaxFileBytes = 256 * 1024;
constexpr std::chrono::minutes kForPerson{10};
constexpr std::chrono::seconds kForLock{90};

mail::Error named(const std::string& path, mail::Error error)
{
    error.step = path + ": " + error.step;
    return error;
}

int failed(const mail::Error& error)
{
    std::cerr << "postman: " << error.describe() << "\n";
    if (error.kind == mail::ErrorKind::temporary) return mail::kExitTemporary;
    return error.kind == mail::ErrorKind::refused ? kRefused : mail::kExitConfiguration;
}

mail::Result<oauth::Provider> read_provider(const std::string& argument, const std::string& tenant)
{
    if (argument.find('/') == std::string::npos) return oauth::built_in_provider(argument, tenant);
    const auto text = mail::system_files().read_all(argument, kMaxFileBytes);
    if (!text) return text.error();
    auto provider = oauth::parse_provider(*text);
    if (!provider) return named(argument, std::move(provider).error());
    if (provider->client_secret_file.empty()) return provider;
    auto secret = mail::read_secret(provider->client_secret_file);
    if (!secret) return std::move(secret).error();
    provider->client.secret = std::move(*secret);
    return provider;
}

mail::Result<oauth::ClientFile> read_client_file(const std::string& path)
{
    auto text = mail::system_files().read_all(path, kMaxFileBytes);
    if (!text) return std::move(text).error();
    const oauth::WipeAtEnd wiped(*text);
    auto file = oauth::parse_client_file(*text);
    if (!file) return named(path, std::move(file).error());
    return file;
}

std::string host_name()
{
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "this-host";
}

void tell_loopback(const std::string& url, unsigned short port, const oauth::SignInSeams& seams)
{
    const std::string number = std::to_string(port);
    seams.tell("Open this in a browser on this host:");
    seams.tell("");
    seams.tell("  " + url);
    seams.tell("");
    seams.tell("With the browser on another host, first run this there, and leave it open:");
    seams.tell("");
    seams.tell("  ssh -L " + number + ":127.0.0.1:" + number + " " + host_name());
    seams.tell("");
}

}  // namespace

CLI::App* AuthCommand::declare(CLI::App& app)
{
    CLI::App* auth = app.add_subcommand("auth", "signs in to a mail provider (OAuth)");
    auth->add_option("--provider", provider_,
                     "google, microsoft, or the path of a provider's FILE");
    auth->add_option("--user", user_, "the account: web@shop.example");
    auth->add_option("--client", client_file_,
                     "client_secret.json, a service account's key, or gmail-relay's "
                     "credentials.json")
        ->type_name("FILE");
    auth->add_option("--client-id", client_id_, "the registered client, without such a file");
    auth->add_option("--client-secret-file", client_secret_file_, "its secret, in a file")
        ->type_name("FILE");
    auth->add_option("--flow", flow_,
                     "loopback, device, client-credentials, service-account or import")
        ->check(CLI::IsMember(
            {"loopback", "device", "client-credentials", "service-account", "import"}));
    auth->add_option("--scope", scope_, "what to ask for; with google also: send, mail");
    auth->add_option("--tenant", tenant_, "microsoft's tenant")->capture_default_str();
    auth->add_option("--port", port_, "of the loopback address (0: any)")->capture_default_str();
    auth->add_flag("--list", list_, "show the accounts of the store instead");
    return auth;
}

std::optional<std::string> AuthCommand::fault() const
{
    if (list_) return std::nullopt;
    if (provider_.empty()) return "--provider is required";
    if (user_.empty()) return "auth: --user is required";
    if (const auto stem = oauth::account_file_stem(user_); !stem) return stem.error().step;
    if (provider_.find('/') != std::string::npos) return std::nullopt;
    const auto known = oauth::built_in_provider(provider_, tenant_);
    return known ? std::nullopt : std::optional("--provider: " + known.error().step);
}

int AuthCommand::run(const PostmanOptions& common)
{
    if (list_) {
        const auto ok = oauth::become_owner_of(common.state);
        return ok ? oauth::print_accounts(common.state, mail::system_clock()) : failed(ok.error());
    }
    // Before root is given up: only root may be able to read these.
    auto planned = plan();
    if (!planned) return failed(planned.error());
    if (const auto ok = oauth::become_owner_of(common.state); !ok) return failed(ok.error());
    return sign_in_and_store(*planned, common.state);
}

mail::Result<oauth::AuthPlan> AuthCommand::plan() const
{
    auto provider = read_provider(provider_, tenant_);
    if (!provider) return std::move(provider).error();
    oauth::AuthWishes wishes{.file = std::nullopt,
                             .provider_argument = provider_,
                             .user = user_,
                             .way = flow_,
                             .client_id = client_id_,
                             .client_secret = "",
                             .scope = scope_};
    if (!client_file_.empty()) {
        auto file = read_client_file(client_file_);
        if (!file) return std::move(file).error();
        wishes.file = std::move(*file);
    }
    if (!client_secret_file_.empty()) {
        auto secret = mail::read_secret(client_secret_file_);
        if (!secret) return std::move(secret).error();
        wishes.client_secret = std::move(*secret);
    }
    return plan_auth(std::move(*provider), wishes);
}

int AuthCommand::sign_in_and_store(oauth::AuthPlan& plan, const std::string& state)
{
    const StopOnSignal signals;
    const auto web = mail::web::make_web_client({plan.sign_in.provider.ca, "the provider's `ca`"});
    const auto& clock = mail::system_clock();
    const oauth::SignInSeams seams{*web, clock,
                                   [](const std::string& line) { std::cout << line << std::endl; },
                                   [&](std::chrono::seconds time) {
                                       wait_until(clock, clock.boot() + time, signals.token());
                                       return !signals.token().stop_requested();
                                   },
                                   signals.token()};
    oauth::AccountStore store(state, mail::system_files());
    auto account = sign_in(plan, seams);
    if (!account) return failed(account.error());
    const auto lock = store.lock(account->user, kForLock, signals.token());
    if (!lock) return failed(lock.error());
    const bool has_token = !account->access_token.empty();
    const auto stored =
        has_token ? store.write(*account) : oauth::Renewal(store, *web, clock).run(*account);
    if (!stored) return failed(stored.error());
    std::cout << "Signed in: " << account->user << ", for " << account->provider << ".\n";
    return 0;
}

mail::Result<oauth::Account> AuthCommand::sign_in(oauth::AuthPlan& plan,
                                                  const oauth::SignInSeams& seams)
{
    if (plan.way == Way::loopback) return sign_in_by_loopback(plan, seams);
    if (plan.way == Way::device) return sign_in_by_device(plan.sign_in, seams);
    return plan.account;
}

mail::Result<oauth::Account> AuthCommand::sign_in_by_loopback(const oauth::AuthPlan& plan,
                                                              const oauth::SignInSeams& seams)
{
    auto listener = oauth::LoopbackListener::open(plan.port.value_or(port_));
    if (!listener) return std::move(listener).error();
    const std::string address =
        plan.sign_in.provider.redirect_host + ":" + std::to_string(listener->port());
    const oauth::CodeRequest request{"http://" + address + plan.redirect_path,
                                     oauth::random_verifier(), oauth::random_verifier()};
    tell_loopback(authorization_url(plan.sign_in, request), listener->port(), seams);
    auto redirect = listener->wait(plan.redirect_path, request.state, kForPerson, seams.stop);
    if (!redirect) return std::move(redirect).error();
    const oauth::WipeAtEnd wiped(redirect->code);
    if (redirect->kind == oauth::Redirect::Kind::refused)
        return mail::Error{mail::ErrorKind::refused, "the provider answered " + redirect->error};
    return redeem_code(plan.sign_in, request, redirect->code, seams);
}

}  // namespace postman
