#include "postman/endpoint_probe.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace postman
{
namespace
{

using Result = CheckStep::Result;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

constexpr int kConnectMilliseconds = 5000;

std::string text_of(const addrinfo& address)
{
    char host[NI_MAXHOST] = "?";
    ::getnameinfo(address.ai_addr, address.ai_addrlen, host, sizeof host, nullptr, 0,
                  NI_NUMERICHOST);
    return host;
}

/// 0, or why not.
int try_to_connect(const sockaddr* address, socklen_t length)
{
    const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return errno;
    int error = ::connect(socket, address, length) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        pollfd ready{socket, POLLOUT, 0};
        socklen_t size = sizeof error;
        error = ETIMEDOUT;
        if (::poll(&ready, 1, kConnectMilliseconds) > 0)
            ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    ::close(socket);
    return error;
}

std::string mend_connection(int error)
{
    if (error == ECONNREFUSED) return "does nginx run there, and is the port the right one?";
    if (error == ETIMEDOUT) return "a firewall drops it: open the port for this host's address";
    if (error == EACCES || error == EPERM)
        return "may this user (the unit's IPAddressAllow, the socket's group) connect?";
    if (error == ENOENT) return "systemctl status postmaster.socket";
    return "look at the network: ip route get, ping";
}

CheckStep connection_failed(const std::string& where, int error)
{
    return {"connection", Result::failed, where + ": " + std::strerror(error),
            mend_connection(error)};
}

CheckStep connect_to_socket(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return connection_failed(path, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int error = try_to_connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (error != 0) return connection_failed(path, error);
    return {"connection", Result::ok, path};
}

CheckStep name_failed(const std::string& host, int failure)
{
    const bool may_pass = failure == EAI_AGAIN;
    return {"name", Result::failed,
            "the name " + host + " cannot be resolved: " + ::gai_strerror(failure),
            may_pass ? "does this host reach its name server? resolvectl query " + host
                     : "is the name spelt right, and in the DNS? dig " + host};
}

/// The name, and each of its addresses: one that answers is enough.
bool reach(const mail::web::EndpointUrl& url, std::vector<CheckStep>& steps)
{
    if (url.scheme == mail::web::EndpointUrl::Scheme::unix_socket) {
        steps.push_back(connect_to_socket(url.host));
        return steps.back().is_well();
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(url.port);
    const int failure = ::getaddrinfo(url.host.c_str(), port.c_str(), &hints, &found);
    const Addresses addresses(found, &::freeaddrinfo);
    if (failure != 0) {
        steps.push_back(name_failed(url.host, failure));
        return false;
    }
    std::string all;
    std::string open;
    std::string closed;
    int last_error = 0;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        const std::string text = text_of(*one);
        all.append(all.empty() ? "" : ", ").append(text);
        const int error = try_to_connect(one->ai_addr, one->ai_addrlen);
        std::string& list = error == 0 ? open : closed;
        list.append(list.empty() ? "" : ", ").append(text);
        if (error != 0) last_error = error;
    }
    steps.push_back({"name", Result::ok, url.host + " is " + all});
    if (open.empty()) {
        steps.push_back(connection_failed(closed + ", port " + port, last_error));
        return false;
    }
    steps.push_back(
        {"connection", Result::ok,
         open + ", port " + port + (closed.empty() ? "" : "; nobody there on " + closed)});
    return true;
}

mail::Result<mail::web::HttpAnswer> ask(const mail::web::EndpointUrl& url,
                                        const mail::web::HttpCredentials& credentials,
                                        bool is_original, mail::web::TlsFacts& facts)
{
    auto exchange = mail::web::HttpExchange::make(url, credentials, &facts);
    if (!exchange) return std::move(exchange).error();
    return (*exchange)->ask(harmless_question(is_original), [](std::string_view) { return true; },
                            {});
}

void append(std::vector<CheckStep>& steps, std::vector<CheckStep> more)
{
    for (CheckStep& step : more) steps.push_back(std::move(step));
}

CheckStep silence(const mail::Error& error)
{
    return {"http", Result::failed, error.describe(),
            "look into the error log of nginx and the log of postmaster"};
}

/// The step that the first request without an answer stands for.
void add_silence(const mail::web::EndpointUrl& url, const mail::web::TlsFacts& facts,
                 const mail::Error& error, mail::WallTime now, std::vector<CheckStep>& steps)
{
    if (url.scheme == mail::web::EndpointUrl::Scheme::https)
        append(steps, judge_tls(facts, url.host, error, now));
    if (steps.back().result == Result::failed) return;
    steps.push_back(silence(error));
}

}  // namespace

mail::Result<CheckedWay> probe_endpoint(const mail::web::EndpointUrl& url,
                                        const mail::web::HttpCredentials& credentials,
                                        bool is_original, const mail::Clock& clock)
{
    if (const auto sound = mail::web::HttpExchange::make(url, credentials); !sound)
        return sound.error();
    CheckedWay way{url.text(), {}};
    way.steps.push_back({"url", Result::ok, url.text()});
    if (!reach(url, way.steps)) return way;

    EndpointAnswers answers{.url = url,
                            .is_original = is_original,
                            .user = credentials.user,
                            .has_certificate = !credentials.cert_file.empty(),
                            .without_password = {},
                            .with_password = {}};
    mail::web::HttpCredentials nobody = credentials;
    nobody.user.clear();
    nobody.password.clear();
    mail::web::TlsFacts facts;
    const auto before = clock.wall();
    auto first = ask(url, nobody, is_original, facts);
    const auto after = clock.wall();
    if (!first) {
        add_silence(url, facts, first.error(), after, way.steps);
        return way;
    }
    if (url.scheme == mail::web::EndpointUrl::Scheme::https)
        append(way.steps, judge_tls(facts, url.host, std::nullopt, after));
    if (auto step = judge_clock(first->date, before, after)) way.steps.push_back(std::move(*step));
    answers.without_password = std::move(*first);
    if (!credentials.user.empty()) {
        auto second = ask(url, credentials, is_original, facts);
        if (!second) {
            way.steps.push_back(silence(second.error()));
            return way;
        }
        answers.with_password = std::move(*second);
    }
    append(way.steps, judge_answers(answers));
    return way;
}

}  // namespace postman
