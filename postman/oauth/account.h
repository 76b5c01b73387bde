/// One account of the store: whom it is with, what it may renew with, the token in hand, and how
/// the last renewal went. Its JSON, written and read back. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/result.h"
#include "postman/oauth/client_file.h"
#include "postman/oauth/provider.h"

namespace postman::oauth
{

using WallSeconds = std::int64_t;  // since 1970; 0: never

[[nodiscard]] WallSeconds wall_seconds(mail::WallTime time);

struct Account {
    /// What gets a new access token.
    enum class Renewal { refresh_token, client_credentials, service_key };

    std::string user;      // "web@shop.example"
    std::string provider;  // as `postman auth --provider` takes it: the command that mends
    Renewal renewal = Renewal::refresh_token;
    std::string token_url;
    std::string scope;
    std::string ca;
    Client client;
    ServiceKey key;             // of a service account
    std::string refresh_token;  // never thrown away, not when it is refused either

    std::string access_token;  // empty: none yet, or a server did not take it
    WallSeconds obtained_at = 0;
    WallSeconds expires_at = 0;
    WallSeconds rejected_at = 0;  // a server did not take a token of ours
    WallSeconds renewed_at = 0;   // the last renewal that worked

    // Of the last renewal, if it failed; all empty when it worked.
    std::string last_error;  // for people, in one line
    WallSeconds failed_at = 0;
    WallSeconds retry_at = 0;  // the provider is not asked before
    bool is_lost = false;      // invalid_grant: a person has to sign in again

    Account() = default;
    Account(const Account&) = default;
    Account(Account&&) = default;
    Account& operator=(const Account&) = default;
    Account& operator=(Account&&) = default;
    ~Account();  // wipes the secrets

    bool operator==(const Account&) const;
};

[[nodiscard]] std::string encode_account(const Account& account);
/// errors  corrupt: cut off, or not this program's
[[nodiscard]] mail::Result<Account> decode_account(std::string_view text);

/// "postman auth --provider google --user web@shop.example": what mends a lost grant.
[[nodiscard]] std::string mending_command(const Account& account);

}  // namespace postman::oauth
