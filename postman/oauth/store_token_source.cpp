#include "postman/oauth/store_token_source.h"

#include "common/log.h"
#include "common/web/https_web_client.h"
#include "postman/oauth/freshness.h"
#include "postman/oauth/renewal.h"

namespace postman::oauth
{
namespace
{

namespace log = mail::log;

constexpr std::chrono::milliseconds kForOthers = std::chrono::seconds(90);
constexpr WallSeconds kBetweenRejections = 60;

/// For whoever wants a token, an account that is not there cannot be used either.
mail::Error unusable(mail::Error error)
{
    if (error.kind != mail::ErrorKind::temporary) error.kind = mail::ErrorKind::refused;
    return error;
}

mail::Error still_failing(const Account& account, WallSeconds now)
{
    return {account.is_lost ? mail::ErrorKind::refused : mail::ErrorKind::temporary,
            account.last_error + " (not asked again for " + std::to_string(account.retry_at - now) +
                " s)"};
}

}  // namespace

StoreTokenSource::StoreTokenSource(std::string user, const TokenSettings& settings,
                                   const TokenSeams& seams, double jitter)
    : user_(std::move(user)),
      provider_(settings.provider),
      seams_(seams),
      jitter_(jitter),
      store_(settings.state, seams.files)
{
}

mail::Result<Account> StoreTokenSource::read() const
{
    auto account = store_.read(user_);
    if (!account) return unusable(std::move(account).error());
    const bool is_file = account->provider.find('/') != std::string::npos;
    if (provider_.empty() || is_file || account->provider == provider_) return account;
    return mail::Error{mail::ErrorKind::refused, "the account " + user_ + " is with " +
                                                     account->provider + ", not with " + provider_ +
                                                     ": run postman auth --provider " + provider_ +
                                                     " --user " + user_};
}

mail::Result<std::string> StoreTokenSource::token(std::stop_token stop)
{
    if (auto ok = save_unsaved(); !ok) return std::move(ok).error();
    auto account = read();
    if (!account) return std::move(account).error();
    const WallSeconds now = wall_seconds(seams_.clock.wall());
    const Freshness freshness = freshness_of(*account, now, jitter_);
    if (freshness == Freshness::fresh) return std::move(account->access_token);
    if (is_pausing(*account, now)) {
        if (freshness == Freshness::due) return std::move(account->access_token);
        return still_failing(*account, now);
    }
    if (freshness == Freshness::useless) return renewed(kForOthers, stop);
    auto token = renewed(std::chrono::milliseconds(0), stop);
    if (!token) return std::move(account->access_token);  // it works for a while yet
    return token;
}

mail::Result<std::string> StoreTokenSource::renewed(std::chrono::milliseconds patience,
                                                    std::stop_token stop)
{
    auto lock = store_.lock(user_, patience, stop);
    if (!lock)
        return mail::Error{mail::ErrorKind::temporary,
                           "the token of " + user_ + " is being renewed: " + lock.error().step,
                           lock.error().sys_errno};
    auto account = read();
    if (!account) return std::move(account).error();
    const WallSeconds now = wall_seconds(seams_.clock.wall());
    // Who held the lock before us may have renewed it, or have failed just now.
    const Freshness freshness = freshness_of(*account, now, jitter_);
    if (freshness == Freshness::fresh) return std::move(account->access_token);
    if (is_pausing(*account, now)) return still_failing(*account, now);
    return renew_locked(std::move(*account));
}

mail::Result<std::string> StoreTokenSource::renew_locked(Account account)
{
    Renewal renewal(store_, web_for(account.ca), seams_.clock);
    const auto ok = renewal.run(account);
    if (ok) return std::move(account.access_token);
    if (renewal.is_unsaved()) {
        const std::scoped_lock lock(mutex_);
        unsaved_ = std::move(account);
    }
    return ok.error();
}

mail::Result<mail::Done> StoreTokenSource::save_unsaved()
{
    const std::scoped_lock lock(mutex_);
    if (!unsaved_) return mail::Done{};
    const auto held = store_.lock(user_, kForOthers, {});
    if (!held) return held.error();
    const auto stored = store_.read(user_);
    // Somebody signed in anew meanwhile: that is newer than ours.
    const bool is_outdated = stored && stored->obtained_at > unsaved_->obtained_at;
    if (!is_outdated)
        if (auto ok = store_.write(*unsaved_); !ok) return ok;
    unsaved_.reset();
    return mail::Done{};
}

void StoreTokenSource::reject(std::string_view token)
{
    const auto lock = store_.lock(user_, std::chrono::seconds(10), {});
    if (!lock) return;
    auto account = store_.read(user_);
    if (!account || account->access_token != token) return;
    const WallSeconds now = wall_seconds(seams_.clock.wall());
    const WallSeconds since = now - account->rejected_at;
    if (since >= 0 && since < kBetweenRejections) {
        log::warning("token-rejected-again",
                     {{"account", user_},
                      {"reason", "a new token was not taken either: is the scope right?"}});
        return;
    }
    account->access_token.clear();
    account->rejected_at = now;
    const auto saved = store_.write(*account);
    log::warning("token-rejected", {{"account", user_}, {"renewal", saved.has_value()}});
}

mail::web::WebClient& StoreTokenSource::web_for(const std::string& ca)
{
    const std::scoped_lock lock(mutex_);
    if (!web_ || web_ca_ != ca) {
        web_ = seams_.make_web_client
                   ? seams_.make_web_client(ca)
                   : mail::web::make_web_client({ca, "the provider's `ca`"}, seams_.clock);
        web_ca_ = ca;
    }
    return *web_;
}

}  // namespace postman::oauth
