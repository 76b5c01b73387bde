/// A stream to the catcher, with a deadline for each wait. Blocks; never raises SIGPIPE.
#pragma once

#include <chrono>
#include <string_view>

#include "common/http/descriptor.h"
#include "common/result.h"
#include "common/smtp/reply.h"
#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

class CatcherConnection
{
public:
    using Deadline = std::chrono::steady_clock::time_point;

    /// errors  temporary: nobody listens there, or too late
    [[nodiscard]] static mail::Result<CatcherConnection> open(const Target& target,
                                                              Deadline deadline);

    /// Every wait from here on ends then.
    void set_deadline(Deadline deadline) { deadline_ = deadline; }
    [[nodiscard]] mail::Result<mail::Done> send(std::string_view octets);
    /// The next complete reply. errors  temporary: closed, too late, no SMTP
    [[nodiscard]] mail::Result<mail::smtp::Reply> receive();
    /// Something has come that nobody has read.
    bool has_input() const;

private:
    CatcherConnection(mail::http::Descriptor socket, Deadline deadline)
        : socket_(std::move(socket)), deadline_(deadline)
    {
    }
    /// Waits for POLLIN or POLLOUT; false: the deadline.
    bool wait(short events) const;

    mail::http::Descriptor socket_;
    Deadline deadline_;
    mail::smtp::ReplyParser replies_;
};

}  // namespace postoffice::submit
