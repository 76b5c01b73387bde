/// The web client over HttpExchange: connections are kept and used again, one request at a time on
/// each, as many side by side as are asked for.
#pragma once

#include <memory>
#include <string>

#include "common/clock.h"
#include "common/web/web_client.h"

namespace mail::web
{

struct WebClientOptions {
    std::string ca_file;             // empty: the system's
    std::string ca_option = "--ca";  // how people give one, for messages
};

[[nodiscard]] std::unique_ptr<WebClient> make_web_client(
    const WebClientOptions& options, const mail::Clock& clock = mail::system_clock());

}  // namespace mail::web
