/// One connection while it is read, and while it is let go. Never blocks; the listener's loop
/// drives it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "common/http/descriptor.h"
#include "common/http/request_guard.h"

namespace mail::http
{

class Connection
{
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class Phase {
        head,     // the guard reads
        body,     // of the length that the head gave
        ready,    // the request is whole: somebody answers it
        refused,  // the guard said no: refuse() it
        linger,   // answered; read and thrown away, so that the answer is not lost to a reset
        gone,     // nothing more to do: close
    };

    Connection(Descriptor socket, std::string peer, RequestGuard guard, Time deadline);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { release_body(); }

    /// Reads what has come. What follows the body is thrown away: one request a connection.
    Phase on_readable();
    /// Counts the body that the head announces against all that are in memory, until it is let go.
    /// False if they would be more than `limit` together.
    [[nodiscard]] bool reserve_body(std::atomic<std::uint64_t>& in_memory, std::uint64_t limit);
    /// Answers in place of a handler and lingers until `deadline`.
    void refuse(int status, std::string_view detail, Time deadline);
    /// After the answer was written: no more from us, the rest of theirs is thrown away.
    void linger(Time deadline);

    int descriptor() const { return socket_.get(); }
    Phase phase() const { return phase_; }
    Time deadline() const { return deadline_; }
    void set_deadline(Time deadline) { deadline_ = deadline; }
    void give_up() { phase_ = Phase::gone; }
    Time since() const { return since_; }
    const std::string& peer() const { return peer_; }
    bool has_begun() const { return guard_.has_begun(); }
    Head& head() { return guard_.head(); }
    const Refusal& refusal() const { return guard_.refusal(); }
    std::string& body() { return body_; }

private:
    void take(std::string_view bytes);
    void take_body(std::string_view bytes);
    void release_body();

    Descriptor socket_;
    std::string peer_;
    RequestGuard guard_;
    std::string body_;
    std::atomic<std::uint64_t>* in_memory_ = nullptr;  // where the body is counted
    Phase phase_ = Phase::head;
    Time since_ = std::chrono::steady_clock::now();
    Time deadline_;
};

}  // namespace mail::http
