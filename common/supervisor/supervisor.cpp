#include "common/supervisor/supervisor.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace mail
{
namespace
{

Supervisor::Send system_send()
{
    if (std::getenv("NOTIFY_SOCKET") == nullptr) return nullptr;
    return [](const std::string& state) { ::sd_notify(0, state.c_str()); };
}

std::chrono::microseconds system_watchdog()
{
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) <= 0) return {};
    return std::chrono::microseconds(microseconds);
}

BootTime ping_period(std::chrono::microseconds watchdog)
{
    if (watchdog.count() == 0) return BootTime(0);
    return std::max(BootTime(1), std::chrono::floor<BootTime>(watchdog / 4));
}

/// A line of the protocol ends at the line's end, whatever a status holds.
std::string as_line(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace

Supervisor::Supervisor(const Clock& clock) : Supervisor(system_send(), system_watchdog(), clock) {}

Supervisor::Supervisor(Send send, std::chrono::microseconds watchdog, const Clock& clock)
    : send_(std::move(send)), ping_every_(ping_period(watchdog)), clock_(clock)
{
}

void Supervisor::send(const std::string& state) const
{
    if (send_) send_(state);
}

void Supervisor::ready(const std::string& status)
{
    last_status_ = status;
    send("READY=1\nSTATUS=" + as_line(status));
}

void Supervisor::reloading()
{
    send("RELOADING=1");
}

void Supervisor::stopping(const std::string& status)
{
    last_status_ = status;
    send("STOPPING=1\nSTATUS=" + as_line(status));
}

void Supervisor::alive()
{
    const BootTime now = clock_.boot();
    if (ping_every_.count() == 0 || now < next_ping_) return;
    next_ping_ = now + ping_every_;
    send("WATCHDOG=1");
}

void Supervisor::status(const std::string& line)
{
    const BootTime now = clock_.boot();
    if (line == last_status_ || now < next_status_) return;
    next_status_ = now + kStatusEvery;
    last_status_ = line;
    send("STATUS=" + as_line(line));
}

}  // namespace mail
