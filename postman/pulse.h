/// Does each watch of `postman --watch` still turn, and what have its rounds brought? For the
/// supervisor: watch_supervision.h. Thread-safe; reads the clock, blocks for nothing.
///
/// Silence is measured on a clock that stands still while the machine is suspended, as systemd's
/// own watchdog is: a machine that slept for an hour has no stuck watch.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "common/clock.h"
#include "postman/courier.h"

namespace postman
{

class Pulse
{
public:
    using AwakeTime = std::chrono::steady_clock::time_point;  // CLOCK_MONOTONIC

    /// limit  how long a watch, and what it carries, may be silent before it is stuck
    /// clock  for dates
    Pulse(std::chrono::seconds limit, const mail::Clock& clock,
          std::function<AwakeTime()> awake = std::chrono::steady_clock::now);

    /// The watch of this endpoint has turned.
    void turn(const std::string& endpoint);
    /// A mail was carried, by whichever endpoint: a long round is no silence.
    void step();
    /// A round has ended; counts for the status line.
    void end_round(const std::string& endpoint, const Round& round);
    /// The watch of this endpoint has ended, and is no longer expected to turn.
    void end(const std::string& endpoint);

    /// The endpoint whose watch is stuck, if one is.
    [[nodiscard]] std::optional<std::string> stuck() const;
    /// "endpoints: 2, not reached: 1; mails: 12, delivered: 11; last round with mail 2026-…Z"
    [[nodiscard]] std::string status() const;

private:
    struct Watch {
        AwakeTime turned{};
        bool has_failed = false;  // its last round
    };

    const std::chrono::seconds limit_;
    const mail::Clock& clock_;
    const std::function<AwakeTime()> awake_;
    mutable std::mutex mutex_;
    std::map<std::string, Watch> watches_;
    AwakeTime stepped_{};
    RoundCounts counts_;
    std::string last_with_mail_;
};

/// --rate may keep a mail waiting for long: that is no silence.
[[nodiscard]] std::chrono::seconds silence_limit(double mails_a_second);

}  // namespace postman
