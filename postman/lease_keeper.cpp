#include "postman/lease_keeper.h"

#include "common/log.h"

namespace postman
{

LeaseKeeper::LeaseKeeper(Postmaster& postmaster, std::string lease, mail::BootTime asked_at,
                         std::chrono::seconds seconds, const mail::Clock& clock)
    : postmaster_(postmaster),
      lease_(std::move(lease)),
      clock_(clock),
      ends_(asked_at + seconds),
      renew_at_(asked_at + seconds / 2)
{
}

bool LeaseKeeper::holds()
{
    const std::scoped_lock lock(mutex_);
    const mail::BootTime now = clock_.boot();
    if (is_due() && now < ends_) renew(now);
    // Looked at again: the renewal itself took its time.
    return clock_.boot() < ends_;
}

void LeaseKeeper::renew(mail::BootTime now)
{
    const auto seconds = postmaster_.renew(lease_);
    if (seconds) {
        ends_ = now + *seconds;
        renew_at_ = now + *seconds / 2;
    } else if (seconds.error().kind == mail::ErrorKind::missing) {
        ends_ = now;
    } else {
        renew_at_ = now + (ends_ - now) / 2;
        mail::log::warning("lease-not-renewed", {{"endpoint", postmaster_.name()},
                                                 {"reason", seconds.error().describe()}});
    }
}

}  // namespace postman
