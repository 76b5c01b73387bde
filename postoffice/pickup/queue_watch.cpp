#include "postoffice/pickup/queue_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace postoffice
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

int stop_signals()
{
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals, signal);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// True if anything was to be read.
bool drain(int descriptor)
{
    alignas(inotify_event) std::array<char, 16 * 1024> buffer;
    bool is_any = false;
    while (::read(descriptor, buffer.data(), buffer.size()) > 0) is_any = true;
    return is_any;
}

}  // namespace

Result<std::unique_ptr<QueueWatch>> QueueWatch::start(const std::string& queue)
{
    std::unique_ptr<QueueWatch> watch(
        new QueueWatch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), stop_signals()));
    if (watch->inotify_ < 0 || watch->signals_ < 0)
        return Error{ErrorKind::temporary, "watch " + queue, errno};
    // nullmailer-queue makes a link there (IN_CREATE); others rename, or write in place.
    constexpr auto kCame = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR;
    if (::inotify_add_watch(watch->inotify_, queue.c_str(), kCame) < 0)
        return Error{ErrorKind::temporary, "watch " + queue, errno};
    return watch;
}

QueueWatch::~QueueWatch()
{
    if (inotify_ >= 0) ::close(inotify_);
    if (signals_ >= 0) ::close(signals_);
}

bool QueueWatch::is_stop_asked()
{
    is_stop_asked_ = drain(signals_) || is_stop_asked_;
    return is_stop_asked_;
}

bool QueueWatch::wait(std::chrono::milliseconds at_most)
{
    if (is_stop_asked()) return false;
    std::array<pollfd, 2> waits{{{inotify_, POLLIN, 0}, {signals_, POLLIN, 0}}};
    static_cast<void>(::poll(waits.data(), waits.size(), static_cast<int>(at_most.count())));
    return drain(inotify_);
}

}  // namespace postoffice
