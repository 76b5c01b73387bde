/// A thread that tells systemd of `postman --watch`: signs of life while every watch turns, and the
/// status line.
#pragma once

#include <thread>

#include "common/supervisor/supervisor.h"
#include "postman/pulse.h"

namespace postman
{

class WatchSupervision
{
public:
    /// Says that we are ready. All must outlive it.
    WatchSupervision(mail::Supervisor& supervisor, const Pulse& pulse);
    WatchSupervision(const WatchSupervision&) = delete;
    WatchSupervision& operator=(const WatchSupervision&) = delete;
    /// Says that we stop.
    ~WatchSupervision();

private:
    void run(std::stop_token stop);

    mail::Supervisor& supervisor_;
    const Pulse& pulse_;
    std::jthread thread_;  // last: it uses the above
};

}  // namespace postman
