#include "common/web/connection_watch.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mail::web
{
namespace
{

constexpr std::chrono::milliseconds kLookEvery{100};

}  // namespace

ConnectionWatch::ConnectionWatch(std::chrono::steady_clock::time_point deadline,
                                 std::uint64_t max_bytes, std::stop_token stop)
    : deadline_(deadline),
      max_bytes_(max_bytes),
      stop_(std::move(stop)),
      thread_([this](std::stop_token end) { run(std::move(end)); })
{
}

ConnectionWatch::~ConnectionWatch()
{
    thread_.request_stop();
    thread_.join();
    if (socket_ >= 0) ::close(socket_);
}

void ConnectionWatch::observe(int socket)
{
    const std::scoped_lock lock(mutex_);
    if (socket_ >= 0) ::close(socket_);
    socket_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 3);
    received_before_ = received();
}

ConnectionWatch::Verdict ConnectionWatch::verdict() const
{
    const std::scoped_lock lock(mutex_);
    return verdict_;
}

/// By the kernel's count, so that a header without end is seen too. Unix sockets have none; they
/// are this host's own.
std::uint64_t ConnectionWatch::received() const
{
    tcp_info info{};
    socklen_t length = sizeof info;
    if (socket_ < 0 || ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return 0;
    return info.tcpi_bytes_received;
}

ConnectionWatch::Verdict ConnectionWatch::look()
{
    if (stop_.stop_requested()) return Verdict::stopped;
    if (std::chrono::steady_clock::now() >= deadline_) return Verdict::late;
    if (received() > received_before_ + max_bytes_) return Verdict::too_much;
    return Verdict::fine;
}

void ConnectionWatch::run(std::stop_token end)
{
    const std::stop_callback wake(stop_, [this] {
        const std::scoped_lock lock(mutex_);
        changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    while (!end.stop_requested()) {
        const Verdict now = look();
        if (now != Verdict::fine) {
            if (verdict_ == Verdict::fine) verdict_ = now;
            // Again and again: the library may have connected anew.
            if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
        }
        changed_.wait_for(lock, end, kLookEvery,
                          [&] { return verdict_ == Verdict::fine && stop_.stop_requested(); });
    }
}

}  // namespace mail::web
