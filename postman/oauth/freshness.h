/// When an account's access token is renewed, and how long to wait after a failure. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "postman/oauth/account.h"

namespace postman::oauth
{

enum class Freshness {
    fresh,   // give it out
    due,     // it still works: renew it, but nobody has to wait for that
    useless  // none, expired, or nobody can tell: the clock was before its beginning
};

/// Due in the last 300 s of a token's life or in its last fifth, whichever is shorter, times 1 to
/// 2 by `jitter` (0 to 1), so that not all processes ask at once. Useless in its last 10 s.
[[nodiscard]] Freshness freshness_of(const Account& account, WallSeconds now, double jitter);

/// Whether a failure is recent enough that the provider is left alone.
[[nodiscard]] bool is_pausing(const Account& account, WallSeconds now);

/// A grant that came: token, its life (an hour where the provider does not say), a new refresh
/// token where there is one; the failure is forgotten.
void take_grant(Account& account, std::string access_token,
                std::optional<std::chrono::seconds> expires_in, const std::string& refresh_token,
                WallSeconds now);

/// A renewal that failed: what is held stays held.
void take_failure(Account& account, std::string words, std::chrono::seconds pause, WallSeconds now);

}  // namespace postman::oauth
