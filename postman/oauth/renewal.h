/// One renewal of an account: asks the provider, and has the outcome on disk before anybody gets
/// the token.
#pragma once

#include "common/clock.h"
#include "common/web/web_client.h"
#include "postman/oauth/account_store.h"
#include "postman/oauth/token_endpoint.h"

namespace postman::oauth
{

class Renewal
{
public:
    Renewal(AccountStore& store, mail::web::WebClient& web, const mail::Clock& clock)
        : store_(store), web_(web), clock_(clock)
    {
    }

    /// The caller holds the account's lock and has read it under that. On success `account` has the
    /// new token, and so has the store. Whether the disk takes an account is found out before the
    /// provider is asked, since its answer may spend the old refresh token; and for the same reason
    /// a stop does not cut a renewal short.
    ///
    /// errors  temporary: no answer, the provider's trouble, the disk;
    ///         refused:   the grant is lost, or the provider does not take this client
    /// blocks  for the provider, at most half a minute, and for syncs
    [[nodiscard]] mail::Result<mail::Done> run(Account& account);
    /// After an error: the disk did not take a new refresh token. `account` has it, and has to be
    /// kept and written before anything else.
    [[nodiscard]] bool is_unsaved() const { return is_unsaved_; }

private:
    mail::Result<mail::Done> succeed(Account& account, Grant& grant);
    mail::Error refuse(Account& account, const EndpointAnswer& answer);
    mail::Error fail(Account& account, mail::Error error, std::chrono::seconds pause);

    AccountStore& store_;
    mail::web::WebClient& web_;
    const mail::Clock& clock_;
    bool is_unsaved_ = false;
};

}  // namespace postman::oauth
