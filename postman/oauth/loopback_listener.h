/// Waits on 127.0.0.1 for the browser that brings the authorization code (RFC 8252 7.3, 8.3).
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "common/http/descriptor.h"
#include "common/result.h"
#include "postman/oauth/redirect.h"

namespace postman::oauth
{

class LoopbackListener
{
public:
    /// port  0: any that is free
    /// errors  temporary: the port is taken
    [[nodiscard]] static mail::Result<LoopbackListener> open(unsigned short port);

    unsigned short port() const { return port_; }
    /// Answers browsers until one brings what belongs to `state`; many connections at once, 10 s
    /// for each.
    /// errors  temporary: nobody came within `patience`, or a stop
    [[nodiscard]] mail::Result<Redirect> wait(std::string_view path, std::string_view state,
                                              std::chrono::seconds patience, std::stop_token stop);

private:
    LoopbackListener(mail::http::Descriptor socket, unsigned short port)
        : socket_(std::move(socket)), port_(port)
    {
    }

    mail::http::Descriptor socket_;
    unsigned short port_;
};

}  // namespace postman::oauth
