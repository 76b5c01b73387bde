/// Tokens of an account in the store, renewed when need be: one renewal at a time across all
/// processes, ahead of expiry, and none in a hurry after a failure.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/clock.h"
#include "postman/oauth/account_store.h"
#include "postman/oauth/make_token_source.h"
#include "postman/token_source.h"

namespace postman::oauth
{

class StoreTokenSource final : public TokenSource
{
public:
    /// settings  state and provider count
    /// jitter    0 to 1, of this process: see freshness_of
    StoreTokenSource(std::string user, const TokenSettings& settings, const TokenSeams& seams,
                     double jitter);

    std::string name() const override { return "store:" + user_; }
    mail::Result<std::string> token(std::stop_token stop) override;
    /// Forgets the token in hand, at most once a minute: a server that takes none at all must not
    /// make us ask the provider for each mail.
    void reject(std::string_view token) override;

private:
    mail::Result<Account> read() const;
    mail::Result<std::string> renewed(std::chrono::milliseconds patience, std::stop_token stop);
    mail::Result<std::string> renew_locked(Account account);
    mail::Result<mail::Done> save_unsaved();
    mail::web::WebClient& web_for(const std::string& ca);

    const std::string user_;
    const std::string provider_;  // empty: any
    const TokenSeams seams_;
    const double jitter_;
    AccountStore store_;
    std::mutex mutex_;                           // of the two below
    std::optional<Account> unsaved_;             // a new refresh token that the disk did not take
    std::unique_ptr<mail::web::WebClient> web_;  // once there is something to ask
    std::string web_ca_;
};

}  // namespace postman::oauth
