/// The listener: accepts, reads whole requests in one thread, has them answered in others, closes.
///
/// One thread reads all connections without blocking, each with a total deadline, so a slow or
/// silent client costs a descriptor and never a worker. A request reaches a handler only when it is
/// whole and its framing was vetted. Each connection serves one request and is closed after the
/// answer: nginx opens a new one per request anyway, and what follows a request is never taken for
/// another.
#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/http/connection.h"
#include "common/http/listening_socket.h"
#include "common/http/message.h"
#include "common/http/worker_pool.h"

namespace mail::http
{

struct ListenerLimits {
    std::size_t connections = 256;  // open at once, in any phase; more wait in the backlog
    std::size_t workers = 40;
    HeadLimits head = {};
    std::uint64_t body_bytes = 1024 * 1024;             // of one request
    std::uint64_t all_bodies_bytes = 32 * 1024 * 1024;  // of all requests in memory; more get 503
    std::chrono::seconds head_deadline{10};
    std::chrono::seconds body_deadline{30};
    std::chrono::seconds write_deadline{60};
    std::chrono::seconds linger_deadline{2};
    std::vector<std::string> passed_fields;  // header fields that handlers see
};

class Listener
{
public:
    /// Starts to serve at once.
    Listener(std::vector<ListeningSocket> sockets, ListenerLimits limits, Handler handler);
    /// As stop().
    ~Listener();

    /// No new connections; requests that are whole are answered, what waits is told to stop, and
    /// slow readers get one more second. Returns when all is quiet.
    void stop();
    /// Whether the loop has turned since the last call of this; asks it to turn. A second apart,
    /// false means that it is stuck. For one thread.
    [[nodiscard]] bool has_turned();

private:
    using Time = Connection::Time;
    using Connections = std::vector<std::unique_ptr<Connection>>;

    void run();
    std::vector<pollfd> poll_set() const;
    int poll_timeout() const;
    void accept_from(const ListeningSocket& socket);
    void on_accept_error();
    bool may_accept() const;
    void serve(std::unique_ptr<Connection>& connection);
    void on_expired(Connection& connection);
    void take_back();
    void forget_gone();
    void answer(std::unique_ptr<Connection> connection);

    std::vector<ListeningSocket> sockets_;
    ListenerLimits limits_;
    Handler handler_;
    std::stop_source stop_;
    Descriptor wake_;  // eventfd: a stop, or connections that come back from workers

    // The loop's own.
    Connections reading_;
    Time accept_again_{};

    std::atomic<std::uint64_t> turns_{0};
    std::uint64_t turns_seen_ = 0;  // of has_turned()
    std::atomic<std::size_t> in_workers_{0};
    std::atomic<std::uint64_t> body_bytes_{0};
    std::mutex mutex_;
    Connections answered_;  // guarded by mutex_

    std::unique_ptr<WorkerPool> pool_;
    std::jthread thread_;
};

}  // namespace mail::http
