/// The stream that cpp-httplib is given: it reads a head that was vetted before, and writes to the
/// socket with one deadline for the whole answer. Implements httplib::Stream of 0.11.4 and of newer
/// versions, whose pure virtual functions differ; so none is marked `override`.
#pragma once

#include <httplib.h>
#include <sys/uio.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error \
    "cpp-httplib: compile with the flags of its .pc file, or its class layouts differ from the library's"
#endif

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winconsistent-missing-override"
#endif

namespace mail::http
{

class AnswerStream final : public httplib::Stream
{
public:
    using Time = std::chrono::steady_clock::time_point;

    /// stopping  when asked, what is left must be taken within a second
    AnswerStream(std::string head, int socket, Time deadline, std::stop_token stopping);

    /// Sends what is still held back. False if the client did not take all of the answer.
    bool flush();

    // httplib::Stream
    bool is_readable() const { return true; }
    bool wait_readable() const { return true; }
    bool is_writable() const { return !failed_; }
    bool wait_writable() const { return !failed_; }
    bool is_peer_alive() const { return !failed_; }
    ssize_t read(char* to, std::size_t size);
    ssize_t write(const char* from, std::size_t size);
    using httplib::Stream::write;
    void get_remote_ip_and_port(std::string& ip, int& port) const;
    void get_local_ip_and_port(std::string& ip, int& port) const;
    socket_t socket() const { return socket_; }
    time_t duration() const { return 0; }

private:
    bool send_all(iovec* pieces, std::size_t count);
    bool wait_for_room();

    std::string head_;
    std::size_t read_ = 0;
    int socket_;
    Time deadline_;
    std::stop_token stopping_;
    std::string pending_;  // small writes, sent together
    bool failed_ = false;
};

}  // namespace mail::http

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
