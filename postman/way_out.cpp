#include "postman/way_out.h"

namespace postman
{

bool Gangway::try_enter(bool alone)
{
    const unsigned wanted = alone ? jobs_ : 1;
    const std::scoped_lock lock(mutex_);
    if (free_ < wanted) return false;
    free_ -= wanted;
    return true;
}

void Gangway::enter(bool alone)
{
    const unsigned wanted = alone ? jobs_ : 1;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return free_ >= wanted; });
    free_ -= wanted;
}

void Gangway::leave(bool alone)
{
    const std::scoped_lock lock(mutex_);
    free_ += alone ? jobs_ : 1;
    changed_.notify_all();
}

bool AtWork::begin(const mail::SpoolId& id)
{
    const std::scoped_lock lock(mutex_);
    return ids_.insert(id).second;
}

void AtWork::end(const mail::SpoolId& id)
{
    const std::scoped_lock lock(mutex_);
    ids_.erase(id);
}

void wait_until(const mail::Clock& clock, mail::BootTime begin, std::stop_token stop)
{
    const mail::BootTime now = clock.boot();
    if (begin <= now) return;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any changed;
    changed.wait_for(lock, stop, begin - now, [] { return false; });
}

}  // namespace postman
