#include "postman/oauth/renewal.h"

#include "common/log.h"
#include "postman/oauth/freshness.h"
#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

namespace log = mail::log;
using std::chrono::seconds;

constexpr seconds kAfterNoAnswer{30};
constexpr seconds kAfterRefusal{300};
constexpr seconds kAfterLoss{3600};

bool is_trouble_of_its_own(const std::string& error)
{
    return error == "http_429" || error.starts_with("http_5") || error == "server_error" ||
           error == "temporarily_unavailable" || error == "slow_down";
}

}  // namespace

mail::Result<mail::Done> Renewal::run(Account& account)
{
    if (auto ok = store_.write(account); !ok)
        return mail::Error{
            mail::ErrorKind::temporary,
            "the provider is not asked, since its answer could not be kept: " + ok.error().step,
            ok.error().sys_errno};
    auto form = renewal_form(account, clock_.wall());
    if (!form) return fail(account, std::move(form).error(), kAfterRefusal);
    auto answer = ask_token_endpoint(web_, account.token_url, account.client, std::move(*form), {});
    if (!answer) return fail(account, std::move(answer).error(), kAfterNoAnswer);
    if (!answer->answer.grant) return refuse(account, *answer);
    return succeed(account, *answer->answer.grant);
}

mail::Result<mail::Done> Renewal::succeed(Account& account, Grant& grant)
{
    const bool is_rotated =
        !grant.refresh_token.empty() && grant.refresh_token != account.refresh_token;
    const bool has_life = grant.expires_in.has_value();
    take_grant(account, std::move(grant.access_token), grant.expires_in, grant.refresh_token,
               wall_seconds(clock_.wall()));
    wipe(grant.refresh_token);
    const auto saved = store_.write(account);
    if (!saved && is_rotated) {
        is_unsaved_ = true;
        return mail::Error{mail::ErrorKind::temporary,
                           "the new refresh token cannot be stored: " + saved.error().step,
                           saved.error().sys_errno};
    }
    if (!saved)
        log::warning("token-not-stored",
                     {{"account", account.user}, {"reason", saved.error().describe()}});
    log::info("token-renewed", {{"account", account.user},
                                {"provider", account.provider},
                                {"seconds", account.expires_at - account.obtained_at},
                                {"life", has_life ? "told" : "untold"},
                                {"rotated", is_rotated}});
    return mail::Done{};
}

mail::Error Renewal::refuse(Account& account, const EndpointAnswer& answer)
{
    const Refusal& refusal = answer.answer.refusal;
    const std::string words = refusal.told();
    if (refusal.error == Refusal::kUnusable) {
        if (!answer.answer.refresh_token.empty())
            account.refresh_token = answer.answer.refresh_token;
        return fail(account, {mail::ErrorKind::temporary, words}, kAfterRefusal);
    }
    if (is_trouble_of_its_own(refusal.error))
        return fail(account, {mail::ErrorKind::temporary, words},
                    answer.retry_after.value_or(kAfterNoAnswer));
    if (refusal.error != "invalid_grant")
        return fail(account, {mail::ErrorKind::refused, words}, kAfterRefusal);
    if (account.renewal == Account::Renewal::service_key)
        return fail(account,
                    {mail::ErrorKind::refused,
                     words + " (is this host's clock right, and may the key act for " +
                         account.user + "?)"},
                    kAfterRefusal);
    account.is_lost = true;
    const std::string mend = mending_command(account);
    log::error("grant-lost", {{"account", account.user},
                              {"provider", account.provider},
                              {"reason", words},
                              {"mend", mend}});
    return fail(account, {mail::ErrorKind::refused, words + ": run " + mend}, kAfterLoss);
}

mail::Error Renewal::fail(Account& account, mail::Error error, std::chrono::seconds pause)
{
    take_failure(account, error.describe(), pause, wall_seconds(clock_.wall()));
    log::warning("token-not-renewed", {{"account", account.user},
                                       {"provider", account.provider},
                                       {"reason", account.last_error},
                                       {"pause", pause.count()}});
    if (const auto saved = store_.write(account); !saved)
        log::warning("token-not-stored",
                     {{"account", account.user}, {"reason", saved.error().describe()}});
    if (error.kind == mail::ErrorKind::malformed || error.kind == mail::ErrorKind::missing)
        error.kind = mail::ErrorKind::temporary;
    return error;
}

}  // namespace postman::oauth
