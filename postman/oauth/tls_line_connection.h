/// A connection to a mail server by lines, with TLS from the start or by STARTTLS: certificates and
/// names verified, a bound on the line, a deadline over everything. OpenSSL lives here.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "postman/oauth/login_dialogue.h"

namespace postman::oauth
{

struct TlsLineSettings {
    std::string host;
    unsigned short port = 0;
    std::string ca_file;  // empty: the system's
    std::chrono::seconds deadline{60};
};

/// errors  temporary: no name, no connection
[[nodiscard]] mail::Result<std::unique_ptr<LineConnection>> connect_by_lines(
    const TlsLineSettings& settings);

}  // namespace postman::oauth
