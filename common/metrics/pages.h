/// The pages of a program's metrics listener: /metrics, /alarms and what else it adds. For reading
/// alone: GET and HEAD, no query counts, nothing is changed. No sockets.
///
/// It is the operator's own listener, on loopback, and asks for no password. A web page in a
/// browser on the same machine must not read it by a name of its own that points here (DNS
/// rebinding), so over TCP it is asked by address or as localhost.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/message.h"

namespace mail::metrics
{

class Pages
{
public:
    /// Called from several threads at once.
    using Page = std::function<http::Answer()>;

    /// Before the first handle().
    void add(std::string path, Page page);
    [[nodiscard]] http::Answer handle(const http::Request& request) const;

private:
    std::vector<std::pair<std::string, Page>> pages_;
};

/// 200 with a text.
[[nodiscard]] http::Answer text_page(std::string text, std::string_view type);
/// What /alarms answers: 200 `ok`, or 503 with one reason a line.
[[nodiscard]] http::Answer alarms_page(const std::vector<std::string>& alarms);

/// Is `host` (a Host field's value) an address, with or without a port, or localhost? Pure.
[[nodiscard]] bool is_local_host(std::string_view host);

}  // namespace mail::metrics
