#include "postman/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>

#include "common/log.h"

namespace postman
{

StopOnSignal::StopOnSignal() : wake_(::eventfd(0, EFD_CLOEXEC))
{
    ::signal(SIGPIPE, SIG_IGN);  // a program that reads no more is an error of its own, not our end
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::thread([this] { wait(); });
}

StopOnSignal::~StopOnSignal()
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = ::write(wake_, &one, sizeof one);
    thread_.join();
    ::close(wake_);
}

void StopOnSignal::wait()
{
    const int descriptor = ::signalfd(-1, &signals_, SFD_CLOEXEC);
    pollfd watched[] = {{descriptor, POLLIN, 0}, {wake_, POLLIN, 0}};
    while (::poll(watched, 2, -1) <= 0) {
    }
    if (watched[0].revents != 0) {
        mail::log::info("stopping", {{"reason", "signal"}});
        stop_.request_stop();
    }
    ::close(descriptor);
}

}  // namespace postman
