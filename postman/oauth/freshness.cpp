#include "postman/oauth/freshness.h"

#include <algorithm>

namespace postman::oauth
{
namespace
{

constexpr WallSeconds kLead = 300;
constexpr WallSeconds kLastMoments = 10;
constexpr WallSeconds kClockSlack = 60;
constexpr WallSeconds kLongestPause = 86400;
constexpr std::chrono::seconds kLifeUntold{3600};

}  // namespace

Freshness freshness_of(const Account& account, WallSeconds now, double jitter)
{
    if (account.access_token.empty()) return Freshness::useless;
    // A clock that was set back tells nothing of how old the token is.
    if (now + kClockSlack < account.obtained_at) return Freshness::useless;
    const WallSeconds left = account.expires_at - now;
    if (left <= kLastMoments) return Freshness::useless;
    const WallSeconds life = account.expires_at - account.obtained_at;
    const WallSeconds lead = std::min(kLead, life / 5);
    const auto jittered = lead + static_cast<WallSeconds>(static_cast<double>(lead) * jitter);
    return left <= jittered ? Freshness::due : Freshness::fresh;
}

bool is_pausing(const Account& account, WallSeconds now)
{
    return now < account.retry_at && now + kClockSlack >= account.failed_at &&
           account.retry_at - now <= kLongestPause;
}

void take_grant(Account& account, std::string access_token,
                std::optional<std::chrono::seconds> expires_in, const std::string& refresh_token,
                WallSeconds now)
{
    account.access_token = std::move(access_token);
    account.obtained_at = now;
    account.renewed_at = now;
    account.expires_at = now + expires_in.value_or(kLifeUntold).count();
    if (!refresh_token.empty()) account.refresh_token = refresh_token;
    account.last_error.clear();
    account.failed_at = 0;
    account.retry_at = 0;
    account.is_lost = false;
}

void take_failure(Account& account, std::string words, std::chrono::seconds pause, WallSeconds now)
{
    account.last_error = std::move(words);
    account.failed_at = now;
    account.retry_at = now + std::min<WallSeconds>(pause.count(), kLongestPause);
}

}  // namespace postman::oauth
