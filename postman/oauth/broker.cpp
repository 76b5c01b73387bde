#include "postman/oauth/broker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "common/http/descriptor.h"
#include "common/log.h"
#include "postman/oauth/broker_protocol.h"
#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

namespace log = mail::log;
using mail::http::Descriptor;
using std::chrono::steady_clock;

int milliseconds_until(steady_clock::time_point deadline)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

mail::Error broken(const char* what, int error = 0)
{
    return {mail::ErrorKind::temporary, what, error};
}

/// To the end of what the client says: it closes its side.
mail::Result<std::string> read_request(int client, steady_clock::time_point deadline)
{
    std::string text;
    std::array<char, 512> piece;
    for (;;) {
        pollfd ready{client, POLLIN, 0};
        if (::poll(&ready, 1, milliseconds_until(deadline)) <= 0)
            return broken("the client did not close its side in time");
        const ssize_t count = ::read(client, piece.data(), piece.size());
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count < 0) return broken("read from the client", errno);
        if (count == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(count));
        if (text.size() > kMaxBrokerRequest) return broken("the request is too long");
    }
}

mail::Result<mail::Done> write_answer(int client, std::string_view text,
                                      steady_clock::time_point deadline)
{
    while (!text.empty()) {
        const ssize_t count = ::send(client, text.data(), text.size(), MSG_NOSIGNAL);
        if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
        if (count >= 0 || errno == EINTR) continue;
        if (errno != EAGAIN) return broken("write to the client", errno);
        pollfd ready{client, POLLOUT, 0};
        if (::poll(&ready, 1, milliseconds_until(deadline)) <= 0)
            return broken("the client did not read its answer in time");
    }
    return mail::Done{};
}

std::int64_t uid_of(int client)
{
    ucred peer{};
    socklen_t length = sizeof peer;
    if (::getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    return peer.uid;
}

void wait_for(std::chrono::seconds time, std::stop_token stop)
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::move(stop), time, [] { return false; });
}

}  // namespace

Broker::Broker(BrokerSettings settings, std::vector<mail::http::ListeningSocket> sockets)
    : settings_(std::move(settings)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      sockets_(std::move(sockets))
{
}

void Broker::serve(std::stop_token stop)
{
    const std::stop_callback wake(stop, [this] { ::eventfd_write(wake_.get(), 1); });
    std::vector<std::jthread> threads;
    threads.emplace_back([this, stop] { keep_fresh(stop); });
    for (std::size_t i = 0; i < settings_.workers; ++i)
        threads.emplace_back([this, stop] { work(stop); });
}

/// Each worker takes the next client from whichever socket has one; the others find nothing.
void Broker::work(const std::stop_token& stop)
{
    std::vector<pollfd> watched;
    for (const auto& socket : sockets_) watched.push_back({socket.descriptor(), POLLIN, 0});
    watched.push_back({wake_.get(), POLLIN, 0});
    while (!stop.stop_requested()) {
        if (::poll(watched.data(), watched.size(), -1) <= 0) continue;
        for (const pollfd& one : watched) {
            if (one.revents == 0 || one.fd == wake_.get()) continue;
            const Descriptor client(
                ::accept4(one.fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (client.get() >= 0) serve_client(client.get(), stop);
            // Out of descriptors: the client stays in the queue, and we do not spin on it.
            else if (errno == EMFILE || errno == ENFILE)
                wait_for(std::chrono::seconds(1), stop);
        }
    }
}

void Broker::serve_client(int client, const std::stop_token& stop)
{
    const auto uid = uid_of(client);
    const auto request = read_request(client, steady_clock::now() + settings_.client_deadline);
    if (!request) {
        log::warning("token-not-given", {{"uid", uid}, {"reason", request.error().describe()}});
        return;
    }
    auto answer = answer_to(*request, stop);
    if (!answer) {
        log::warning("token-not-given", {{"uid", uid}, {"reason", answer.error().describe()}});
        return;
    }
    const WipeAtEnd wiped(*answer);
    const auto sent =
        write_answer(client, *answer, steady_clock::now() + settings_.client_deadline);
    if (!sent)
        log::warning("token-not-given", {{"uid", uid}, {"reason", sent.error().describe()}});
    else
        log::info("token-given", {{"uid", uid}, {"asked", *request}});
}

mail::Result<std::string> Broker::answer_to(const std::string& request, const std::stop_token& stop)
{
    const auto asked = parse_broker_request(request);
    if (!asked) return asked.error();
    const auto& protocols = settings_.protocols;
    if (std::find(protocols.begin(), protocols.end(), asked->protocol) == protocols.end())
        return mail::Error{mail::ErrorKind::refused, "the protocol is not enabled: " + request};
    for (const BrokerAccount& account : settings_.accounts) {
        if (account.user != asked->user) continue;
        auto token = account.tokens->token(stop);
        if (!token) return token;
        const WipeAtEnd wiped(*token);
        return xoauth2(account.user, *token);
    }
    return mail::Error{mail::ErrorKind::refused, "no such account: " + request};
}

void Broker::keep_fresh(const std::stop_token& stop)
{
    std::map<std::string, std::string> told;  // by account: the last error that was logged
    while (!stop.stop_requested()) {
        for (const BrokerAccount& account : settings_.accounts) {
            if (!account.is_kept_fresh) continue;
            auto token = account.tokens->token(stop);
            const std::string error = token ? "" : token.error().describe();
            if (token) wipe(*token);
            if (!error.empty() && told[account.user].empty())
                log::warning("account-unusable", {{"account", account.user}, {"reason", error}});
            told[account.user] = error;
        }
        wait_for(settings_.keep_fresh_every, stop);
    }
}

}  // namespace postman::oauth
