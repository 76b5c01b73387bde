/// A clock that stands still until the test moves it. Threads of the spool may look at it
/// meanwhile.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "common/clock.h"

namespace mail::test
{

class ManualClock final : public Clock
{
public:
    WallTime wall() const override
    {
        const std::scoped_lock lock(mutex_);
        return wall_;
    }
    BootTime boot() const override
    {
        const std::scoped_lock lock(mutex_);
        asked_by_.insert(std::this_thread::get_id());
        asked_.notify_all();
        return boot_;
    }
    std::string boot_id() const override
    {
        const std::scoped_lock lock(mutex_);
        return boot_id_;
    }

    /// Blocks until that thread has asked for boot().
    void wait_until_asked_by(std::thread::id thread) const
    {
        std::unique_lock lock(mutex_);
        asked_.wait(lock, [&] { return asked_by_.contains(thread); });
    }

    void advance(BootTime by)
    {
        const std::scoped_lock lock(mutex_);
        boot_ += by;
        wall_ += by;
    }
    void jump_wall(std::chrono::milliseconds by)
    {
        const std::scoped_lock lock(mutex_);
        wall_ += by;
    }
    void reboot()
    {
        const std::scoped_lock lock(mutex_);
        boot_ = BootTime(1000);
        boot_id_ += "+";
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable asked_;
    mutable std::set<std::thread::id> asked_by_;
    WallTime wall_{std::chrono::milliseconds(1'795'163'247'123)};
    BootTime boot_{100'000};
    std::string boot_id_ = "boot-1";
};

}  // namespace mail::test
