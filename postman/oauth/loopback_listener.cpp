#include "postman/oauth/loopback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

namespace postman::oauth
{
namespace
{

using mail::http::Descriptor;
using std::chrono::steady_clock;

constexpr std::size_t kMostBrowsers = 16;
constexpr std::chrono::seconds kBrowserDeadline{10};
constexpr int kLookForStopMs = 200;

mail::Error temporary(std::string what, int error = 0)
{
    return {mail::ErrorKind::temporary, std::move(what), error};
}

struct Browser {
    Descriptor socket;
    steady_clock::time_point deadline;
    std::string head;
};

/// All connections at work: browsers open some in advance and say nothing on them.
class Browsers
{
public:
    explicit Browsers(int listening) : listening_(listening) {}

    /// One round; what came to its end, if it is ours.
    Redirect serve(std::string_view path, std::string_view state)
    {
        std::vector<pollfd> watched = {{listening_, POLLIN, 0}};
        for (const Browser& browser : list_) watched.push_back({browser.socket.get(), POLLIN, 0});
        if (::poll(watched.data(), watched.size(), kLookForStopMs) < 0) return {};
        for (std::size_t i = list_.size(); i-- > 0;) {
            const bool is_over = steady_clock::now() >= list_[i].deadline;
            if (watched[i + 1].revents == 0 && !is_over) continue;
            const Redirect redirect = is_over ? Redirect{} : hear(list_[i], path, state);
            if (redirect.kind == Redirect::Kind::incomplete) continue;
            answer(list_[i], redirect);
            list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(i));
            if (redirect.kind != Redirect::Kind::other) return redirect;
        }
        if (watched[0].revents != 0) accept();
        return {};
    }

private:
    void accept()
    {
        Descriptor socket(::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket.get() < 0) return;
        if (list_.size() == kMostBrowsers) list_.erase(list_.begin());
        list_.push_back({std::move(socket), steady_clock::now() + kBrowserDeadline, ""});
    }
    static Redirect hear(Browser& browser, std::string_view path, std::string_view state)
    {
        std::array<char, 4096> piece;
        const ssize_t count = ::read(browser.socket.get(), piece.data(), piece.size());
        if (count <= 0) return {};
        browser.head.append(piece.data(), static_cast<std::size_t>(count));
        return judge_redirect(browser.head, path, state);
    }
    /// A page is small enough for any socket's buffer.
    static void answer(const Browser& browser, const Redirect& redirect)
    {
        const std::string page = redirect_answer(redirect);
        [[maybe_unused]] const auto sent =
            ::send(browser.socket.get(), page.data(), page.size(), MSG_NOSIGNAL);
        ::shutdown(browser.socket.get(), SHUT_WR);
    }

    const int listening_;
    std::vector<Browser> list_;
};

}  // namespace

mail::Result<LoopbackListener> LoopbackListener::open(unsigned short port)
{
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(socket.get(), generic, length) != 0 || ::listen(socket.get(), 16) != 0 ||
        ::getsockname(socket.get(), generic, &length) != 0)
        return temporary("listen on 127.0.0.1:" + std::to_string(port), errno);
    return LoopbackListener(std::move(socket), ntohs(address.sin_port));
}

mail::Result<Redirect> LoopbackListener::wait(std::string_view path, std::string_view state,
                                              std::chrono::seconds patience, std::stop_token stop)
{
    const auto end = steady_clock::now() + patience;
    Browsers browsers(socket_.get());
    while (!stop.stop_requested() && steady_clock::now() < end) {
        Redirect redirect = browsers.serve(path, state);
        if (redirect.kind != Redirect::Kind::other) return redirect;
    }
    return temporary(stop.stop_requested() ? "stopped"
                                           : "nobody came back from the provider within " +
                                                 std::to_string(patience.count()) + " s");
}

}  // namespace postman::oauth
