#include "common/metrics/pages_listener.h"

#include "common/log.h"

namespace mail::metrics
{
namespace
{

/// A scraper, a check and a person or two.
http::ListenerLimits limits_for_few()
{
    http::ListenerLimits limits;
    limits.connections = 16;
    limits.workers = 2;
    limits.body_bytes = 0;
    limits.write_deadline = std::chrono::seconds(20);
    limits.passed_fields = {"Host"};
    return limits;
}

}  // namespace

Result<std::unique_ptr<http::Listener>> serve_pages(const std::string& address, const Pages& pages)
{
    if (address.empty()) return std::unique_ptr<http::Listener>();
    auto socket = http::open_listening_socket(address);
    if (!socket) {
        Error error = std::move(socket).error();
        error.step = "metrics-listen: " + error.step;
        return error;
    }
    log::info("listening for metrics", {{"on", socket->name()}});
    std::vector<http::ListeningSocket> sockets;
    sockets.push_back(std::move(*socket));
    return std::make_unique<http::Listener>(
        std::move(sockets), limits_for_few(),
        [&pages](const http::Request& request) { return pages.handle(request); });
}

}  // namespace mail::metrics
