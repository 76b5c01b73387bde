#include "postmaster/supervision.h"

namespace postmaster
{

std::string status_line(const mail::Census& census, std::optional<mail::WallTime> last_courier)
{
    return "waiting: " + std::to_string(census.waiting) +
           "; leases: " + std::to_string(census.leases) + "; last courier: " +
           (last_courier ? mail::rfc3339(*last_courier) : std::string("none since the start"));
}

Supervision::Supervision(mail::http::Listener& listener, mail::HandOut& hand_out, const Desk& desk)
    : listener_(listener), hand_out_(hand_out), desk_(desk)
{
    supervisor_.ready(status());
}

void Supervision::tick()
{
    const std::string now = status();
    if (listener_.has_turned()) supervisor_.alive();
    supervisor_.status(now);
}

std::string Supervision::status()
{
    return status_line(hand_out_.census(), desk_.counts().visits.wall());
}

}  // namespace postmaster
