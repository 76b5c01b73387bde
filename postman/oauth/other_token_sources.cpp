#include "postman/oauth/other_token_sources.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/config.h"
#include "common/http/descriptor.h"
#include "postman/oauth/broker_protocol.h"
#include "postman/oauth/secret.h"
#include "postman/process.h"

namespace postman::oauth
{
namespace
{

using mail::http::Descriptor;
using std::chrono::steady_clock;

constexpr std::chrono::minutes kCommandTokenLife{1};
constexpr std::chrono::seconds kBrokerDeadline{60};
constexpr std::chrono::milliseconds kLookForStop{200};
constexpr std::size_t kMaxCommandWords = 32 * 1024;

mail::Error temporary(std::string what, int error = 0)
{
    return {mail::ErrorKind::temporary, std::move(what), error};
}

mail::Result<Descriptor> connect_to(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return mail::Error{mail::ErrorKind::refused, "the broker's socket path is too long"};
    path.copy(address.sun_path, path.size());
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0 ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return temporary("connect to the broker at " + path, errno);
    return socket;
}

/// Reads to the end of what the broker says, looking for a stop meanwhile.
mail::Result<std::string> read_answer(const Descriptor& socket, const std::stop_token& stop)
{
    const auto deadline = steady_clock::now() + kBrokerDeadline;
    std::string text;
    std::array<char, 4096> piece;
    while (!stop.stop_requested() && steady_clock::now() < deadline) {
        pollfd ready{socket.get(), POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(kLookForStop.count())) <= 0) continue;
        const ssize_t count = ::read(socket.get(), piece.data(), piece.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count < 0) return temporary("read from the broker", errno);
        if (count == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(count));
        if (text.size() > kMaxBrokerAnswer) return temporary("the broker's answer is too long");
    }
    return temporary(stop.stop_requested() ? "stopped" : "the broker did not answer within 60 s");
}

}  // namespace

CommandTokenSource::~CommandTokenSource()
{
    wipe(token_);
}

mail::Result<std::string> CommandTokenSource::token(std::stop_token)
{
    const std::scoped_lock lock(mutex_);
    if (!token_.empty() && clock_.boot() - given_at_ < kCommandTokenLife) return token_;
    auto token = run();
    if (!token) return token;
    token_ = *token;
    given_at_ = clock_.boot();
    return token;
}

void CommandTokenSource::reject(std::string_view token)
{
    const std::scoped_lock lock(mutex_);
    if (token_ == token) wipe(token_);
}

mail::Result<std::string> CommandTokenSource::run() const
{
    auto end = run_process({.path = "/bin/sh",
                            .arguments = {"sh", "-c", words_},
                            .input = {},
                            .timeout = timeout_,
                            .max_words = kMaxCommandWords,
                            .is_stderr_heard = false,
                            .keeps_environment = true});
    if (!end) return std::move(end).error();
    const WipeAtEnd wiped(end->words);
    if (end->how == ProcessEnd::How::timed_out)
        return temporary("the token's command took longer than " +
                         std::to_string(timeout_.count()) + " s");
    if (end->how == ProcessEnd::How::signalled)
        return temporary("the token's command died of signal " + std::to_string(end->code));
    if (end->code != 0)
        return temporary("the token's command ended with exit " + std::to_string(end->code));
    std::string line = end->words.substr(0, end->words.find('\n'));
    if (line.ends_with('\r')) line.pop_back();
    if (!is_token(line)) return temporary("the token's command printed no token in its first line");
    return line;
}

mail::Result<std::string> SocketTokenSource::token(std::stop_token stop)
{
    const auto socket = connect_to(path_);
    if (!socket) return socket.error();
    const std::string request = broker_request({protocol_, user_});
    // A request fits into any socket's buffer.
    if (::send(socket->get(), request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size()) ||
        ::shutdown(socket->get(), SHUT_WR) != 0)
        return temporary("ask the broker at " + path_, errno);
    auto answer = read_answer(*socket, stop);
    if (!answer) return answer;
    const WipeAtEnd wiped(*answer);
    return parse_broker_answer(*answer, user_);
}

mail::Result<std::string> FileTokenSource::token(std::stop_token)
{
    auto token = mail::read_secret(path_);
    if (!token && token.error().kind != mail::ErrorKind::temporary)
        return mail::Error{mail::ErrorKind::refused, token.error().step};
    if (token && !is_token(*token))
        return mail::Error{mail::ErrorKind::refused, "the first line of " + path_ + " is no token"};
    return token;
}

}  // namespace postman::oauth
