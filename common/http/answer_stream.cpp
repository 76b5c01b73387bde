#include "common/http/answer_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace mail::http
{
namespace
{

using namespace std::chrono_literals;

constexpr std::size_t kSmallWrite = 16 * 1024;
constexpr auto kGraceWhenStopping = 1s;
constexpr auto kLookForStop = 200ms;

/// Takes `sent` bytes off the front of the pieces.
void advance(iovec*& pieces, std::size_t& count, std::size_t sent)
{
    while (count > 0 && sent >= pieces->iov_len) {
        sent -= pieces->iov_len;
        ++pieces;
        --count;
    }
    if (count == 0) return;
    pieces->iov_base = static_cast<char*>(pieces->iov_base) + sent;
    pieces->iov_len -= sent;
}

}  // namespace

AnswerStream::AnswerStream(std::string head, int socket, Time deadline, std::stop_token stopping)
    : head_(std::move(head)), socket_(socket), deadline_(deadline), stopping_(std::move(stopping))
{
}

ssize_t AnswerStream::read(char* to, std::size_t size)
{
    const std::size_t count = head_.copy(to, size, read_);
    read_ += count;
    return static_cast<ssize_t>(count);
}

ssize_t AnswerStream::write(const char* from, std::size_t size)
{
    if (failed_) return -1;
    if (pending_.size() + size <= kSmallWrite) {
        pending_.append(from, size);
        return static_cast<ssize_t>(size);
    }
    iovec pieces[2] = {{pending_.data(), pending_.size()}, {const_cast<char*>(from), size}};
    if (!send_all(pieces, 2)) return -1;
    pending_.clear();
    return static_cast<ssize_t>(size);
}

bool AnswerStream::flush()
{
    if (failed_) return false;
    iovec piece = {pending_.data(), pending_.size()};
    return send_all(&piece, 1);
}

bool AnswerStream::send_all(iovec* pieces, std::size_t count)
{
    advance(pieces, count, 0);
    while (count > 0) {
        msghdr message{};
        message.msg_iov = pieces;
        message.msg_iovlen = count;
        const ssize_t sent = ::sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            advance(pieces, count, static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN || !wait_for_room()) {
            failed_ = true;
            return false;
        }
    }
    return true;
}

/// False when the deadline for the whole answer has passed.
bool AnswerStream::wait_for_room()
{
    for (;;) {
        const Time now = std::chrono::steady_clock::now();
        if (stopping_.stop_requested()) {
            deadline_ = std::min(deadline_, now + kGraceWhenStopping);
            stopping_ = {};
        }
        if (now >= deadline_) return false;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now);
        pollfd room = {socket_, POLLOUT, 0};
        const int count = ::poll(
            &room, 1,
            static_cast<int>(std::min<std::chrono::milliseconds>(left, kLookForStop).count()));
        if (count > 0) return true;
        if (count < 0 && errno != EINTR) return false;
    }
}

void AnswerStream::get_remote_ip_and_port(std::string& ip, int& port) const
{
    ip.clear();
    port = 0;
}

void AnswerStream::get_local_ip_and_port(std::string& ip, int& port) const
{
    ip.clear();
    port = 0;
}

}  // namespace mail::http
