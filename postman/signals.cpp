#include "postman/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>

#include "common/log.h"

namespace postman
{

namespace
{

bool is_ignored(int signal)
{
    struct sigaction action {
    };
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopOnSignal::StopOnSignal() : wake_(::eventfd(0, EFD_CLOEXEC))
{
    ::signal(SIGPIPE, SIG_IGN);  // a peer that reads no more is an error of its own, not our end
    ::signal(SIGXFSZ, SIG_IGN);  // and so is a file that may not grow
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    if (!is_ignored(SIGHUP)) sigaddset(&signals_, SIGHUP);  // nohup(1) wants us to stay
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
