/// What systemd hears of postmaster once a second: a sign of life while the accept loop turns and
/// the spool's lock is free, and the status line.
#pragma once

#include <optional>
#include <string>

#include "common/clock.h"
#include "common/http/listener.h"
#include "common/spool/spool.h"
#include "common/supervisor/supervisor.h"
#include "postmaster/desk.h"

namespace postmaster
{

/// "waiting: 3; leases: 1; last courier: 2026-11-20T08:27:27Z"
[[nodiscard]] std::string status_line(const mail::Census& census,
                                      std::optional<mail::WallTime> last_courier);

class Supervision
{
public:
    /// Says that we are ready. All must outlive it.
    Supervision(mail::http::Listener& listener, mail::HandOut& hand_out, const Desk& desk);

    /// Once a second. Blocks for the spool's lock: where that is stuck, so are we.
    void tick();
    void reloading() { supervisor_.reloading(); }
    void reloaded() { supervisor_.ready(status()); }
    void stopping() { supervisor_.stopping("answering what runs"); }

private:
    std::string status();

    mail::http::Listener& listener_;
    mail::HandOut& hand_out_;
    const Desk& desk_;
    mail::Supervisor supervisor_;
};

}  // namespace postmaster
