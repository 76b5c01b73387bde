/// A clock that stands still until the test moves it.
#pragma once

#include "common/clock.h"

namespace mail::test {

class ManualClock final : public Clock {
public:
    WallTime wall() const override { return wall_; }
    BootTime boot() const override { return boot_; }
    std::string boot_id() const override { return boot_id_; }

    void advance(BootTime by)
    {
        boot_ += by;
        wall_ += by;
    }
    void jump_wall(std::chrono::milliseconds by) { wall_ += by; }
    void reboot()
    {
        boot_ = BootTime(1000);
        boot_id_ += "+";
    }

private:
    WallTime wall_{std::chrono::milliseconds(1'795'163'247'123)};
    BootTime boot_{100'000};
    std::string boot_id_ = "boot-1";
};

}  // namespace mail::test
