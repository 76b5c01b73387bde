#include "common/spool/spool_watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mail
{
namespace
{

constexpr int kGathersMs = 2;

}  // namespace

Result<std::unique_ptr<SpoolWatcher>> SpoolWatcher::start(const std::string& directory,
                                                          Events events)
{
    const int inotify = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (inotify < 0) return Error{ErrorKind::temporary, "watch " + directory, errno};
    // Not IN_DELETE: nearly all are deleted by ourselves, and each would be an event to read. What
    // somebody else deleted is missed when it is read.
    const auto mask = IN_MOVED_TO | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_ONLYDIR;
    const int wake = ::eventfd(0, EFD_CLOEXEC);
    if (wake < 0 || ::inotify_add_watch(inotify, directory.c_str(), mask) < 0) {
        const Error error{ErrorKind::temporary, "watch " + directory, errno};
        ::close(inotify);
        if (wake >= 0) ::close(wake);
        return error;
    }
    return std::unique_ptr<SpoolWatcher>(new SpoolWatcher(inotify, wake, std::move(events)));
}

SpoolWatcher::SpoolWatcher(int inotify, int wake, Events events)
    : inotify_(inotify),
      wake_(wake),
      events_(std::move(events)),
      thread_([this](std::stop_token stop) { run(stop); })
{
}

SpoolWatcher::~SpoolWatcher()
{
    thread_.request_stop();
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    thread_.join();
    ::close(inotify_);
    ::close(wake_);
}

void SpoolWatcher::run(std::stop_token stop)
{
    pollfd watched[] = {{inotify_, POLLIN, 0}, {wake_, POLLIN, 0}};
    while (!stop.stop_requested()) {
        if (::poll(watched, 2, -1) < 0 && errno != EINTR) return;
        if ((watched[0].revents & POLLIN) == 0) continue;
        read_events();
        // What comes next is taken together: to wake up for each of ten thousand a second costs
        // more than to read them.
        ::poll(&watched[1], 1, kGathersMs);
    }
}

void SpoolWatcher::read_events()
{
    alignas(inotify_event) char buffer[64 * 1024];
    for (;;) {
        const ssize_t size = ::read(inotify_, buffer, sizeof buffer);
        if (size <= 0) return;
        for (const char* at = buffer; at < buffer + size;) {
            inotify_event event;
            std::memcpy(&event, at, sizeof event);
            const char* name = at + sizeof event;
            at += sizeof event + event.len;
            if ((event.mask & IN_Q_OVERFLOW) != 0)
                events_.overflowed();
            else if (event.len != 0 && (event.mask & (IN_MOVED_TO | IN_CLOSE_WRITE)) != 0)
                events_.came(name);
            else if (event.len != 0)
                events_.gone(name);
        }
    }
}

}  // namespace mail
