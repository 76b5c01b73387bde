/// Watches one connection of a library that has no total limits of its own: at the deadline, at a
/// stop, or when too many bytes came in, the connection is shut down under it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <thread>

namespace mail::web
{

class ConnectionWatch
{
public:
    enum class Verdict { fine, late, too_much, stopped };

    ConnectionWatch(std::chrono::steady_clock::time_point deadline, std::uint64_t max_bytes,
                    std::stop_token stop);
    ConnectionWatch(const ConnectionWatch&) = delete;
    ConnectionWatch& operator=(const ConnectionWatch&) = delete;
    ~ConnectionWatch();

    /// The connection in use. The watch keeps a descriptor of its own to it.
    void observe(int socket);
    /// Why it was shut down, if it was.
    [[nodiscard]] Verdict verdict() const;

private:
    void run(std::stop_token end);
    Verdict look();
    std::uint64_t received() const;

    const std::chrono::steady_clock::time_point deadline_;
    const std::uint64_t max_bytes_;
    const std::stop_token stop_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    int socket_ = -1;
    std::uint64_t received_before_ = 0;  // on this connection, by earlier exchanges
    Verdict verdict_ = Verdict::fine;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace mail::web
