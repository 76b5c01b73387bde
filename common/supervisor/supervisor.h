/// What systemd hears of a program: that it is ready, that it lives, and one line of how it is
/// (sd_notify(3), sd_watchdog_enabled(3)). Without $NOTIFY_SOCKET nothing is sent, without
/// $WATCHDOG_USEC no sign of life. A library of its own: the message goes through a socket.
///
/// Used by one thread at a time. Never blocks for long: a datagram to the machine's own manager.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "common/clock.h"

namespace mail
{

class Supervisor
{
public:
    using Send = std::function<void(const std::string& state)>;

    /// Asks the environment.
    explicit Supervisor(const Clock& clock = system_clock());
    /// watchdog  how long we may be silent; 0: nobody watches
    Supervisor(Send send, std::chrono::microseconds watchdog, const Clock& clock);

    void ready(const std::string& status);
    void reloading();
    void stopping(const std::string& status);
    /// Call this from the loop whose turning proves life, once a second or more often, and from
    /// nowhere else. Sends WATCHDOG=1 four times in the time that we may be silent.
    void alive();
    /// The line of `systemctl status`. Sent when it has changed, at most every kStatusEvery.
    void status(const std::string& line);

    /// False: nobody listens, and a status need not be made.
    [[nodiscard]] bool is_heard() const { return static_cast<bool>(send_); }

    static constexpr std::chrono::seconds kStatusEvery{5};

private:
    void send(const std::string& state) const;

    const Send send_;
    const BootTime ping_every_;  // 0: never
    const Clock& clock_;
    BootTime next_ping_{0};
    BootTime next_status_{0};
    std::string last_status_;
};

}  // namespace mail
