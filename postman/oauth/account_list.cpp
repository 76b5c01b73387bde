#include "postman/oauth/account_list.h"

#include <algorithm>
#include <iostream>

#include "postman/oauth/account_store.h"

namespace postman::oauth
{
namespace
{

std::string shown_time(WallSeconds time)
{
    if (time == 0) return "never";
    return mail::rfc3339(std::chrono::system_clock::from_time_t(time));
}

void print(const AccountStatus& status, WallSeconds now)
{
    std::cout << status.user << (status.provider.empty() ? "" : "  " + status.provider) << "\n";
    if (status.expires_at > now)
        std::cout << "  token until     " << shown_time(status.expires_at) << "\n";
    if (!status.provider.empty())
        std::cout << "  renewed         " << shown_time(status.renewed_at) << "\n";
    if (!status.last_error.empty()) std::cout << "  last error      " << status.last_error << "\n";
    if (status.failed_at != 0)
        std::cout << "  at              " << shown_time(status.failed_at) << "\n";
    if (!status.mend.empty()) std::cout << "  to mend it      " << status.mend << "\n";
}

}  // namespace

int print_accounts(const std::string& state, const mail::Clock& clock)
{
    const auto statuses = AccountStore(state, mail::system_files()).list();
    if (statuses.empty()) std::cout << "no accounts in " << state << "/oauth\n";
    for (const AccountStatus& status : statuses) print(status, wall_seconds(clock.wall()));
    return std::any_of(statuses.begin(), statuses.end(),
                       [](const AccountStatus& one) { return one.needs_person; })
               ? 1
               : 0;
}

}  // namespace postman::oauth
