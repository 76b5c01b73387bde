#include "postoffice/http/http_intake.h"

#include <algorithm>

#include "common/log.h"

namespace postoffice::http
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::http::ListenerLimits;
using mail::http::ListeningSocket;

constexpr std::uint64_t kFormGrowth = 3;            // each octet as %XX
constexpr std::uint64_t kFormOverhead = 64 * 1024;  // the other fields
constexpr std::size_t kWorkers = 16;                // each waits for the disk
constexpr std::chrono::seconds kBodyDeadline{60};

/// 1,000 recipients fit into Rcpt-To.
constexpr mail::http::HeadLimits kHead{
    .head_bytes = 128 * 1024, .line_bytes = 96 * 1024, .target_bytes = 8000};

ListenerLimits limits_of(const ServerOptions& options)
{
    ListenerLimits limits;
    limits.workers = kWorkers;
    limits.head = kHead;
    limits.body_bytes = options.max_message_size;
    if (options.http.takes_form)
        limits.body_bytes = options.max_message_size * kFormGrowth + kFormOverhead;
    limits.all_bodies_bytes = options.memory_budget;
    limits.body_deadline = kBodyDeadline;
    limits.passed_fields = IntakeService::passed_fields();
    return limits;
}

Error named(const char* option, Error error)
{
    error.step = std::string(option) + ": " + error.step;
    return error;
}

Result<std::vector<ListeningSocket>> open_sockets(const std::string& address)
{
    if (address == kInherited) {
        auto sockets = mail::http::inherited_sockets();
        if (sockets && sockets->empty())
            return Error{ErrorKind::refused,
                         "nothing was inherited: start it through its socket unit", 0};
        return sockets;
    }
    auto own = mail::http::open_listening_socket(address);
    if (!own) return std::move(own).error();
    std::vector<ListeningSocket> sockets;
    sockets.push_back(std::move(*own));
    return sockets;
}

}  // namespace

HttpIntake::HttpIntake(const ServerOptions& options, Keys keys, std::unique_ptr<IntakeBook> book,
                       MailStore& store, mail::Intake& intake)
    : options_(options),
      keys_(std::move(keys)),
      book_(std::move(book)),
      door_(store, intake),
      service_({keys_, options.http.senders, door_, mail::system_clock(), options.max_message_size},
               *book_, options.http.takes_form)
{
}

Result<std::unique_ptr<HttpIntake>> HttpIntake::open(const ServerOptions& options, MailStore& store,
                                                     mail::Intake& intake)
{
    if (options.http.listen.empty()) return std::unique_ptr<HttpIntake>();
    auto keys = read_keys_file(options.http.keys);
    if (!keys) {
        Error error = named("--http-keys", std::move(keys).error());
        error.kind = ErrorKind::refused;  // starting again would not mend it
        return error;
    }
    auto book = IntakeBook::open(mail::SpoolLayout(options.spool));
    if (!book) return std::move(book).error();
    auto sockets = open_sockets(options.http.listen);
    if (!sockets) return named("--http-listen", std::move(sockets).error());
    std::unique_ptr<HttpIntake> http(
        new HttpIntake(options, std::move(*keys), std::move(*book), store, intake));
    http->serve(std::move(*sockets));
    return http;
}

void HttpIntake::serve(std::vector<ListeningSocket> sockets)
{
    const std::size_t keys = keys_.now()->size();
    for (const ListeningSocket& socket : sockets)
        mail::log::info("listening for http", {{"on", socket.name()}, {"keys", keys}});
    const ListenerLimits limits = limits_of(options_);
    if (limits.body_bytes > limits.all_bodies_bytes)
        mail::log::warning("memory-budget is less than a request may be",
                           {{"request_bytes", limits.body_bytes}});
    listener_ = std::make_unique<mail::http::Listener>(
        std::move(sockets), limits,
        [this](mail::http::Request request) { return service_.handle(std::move(request)); });
}

void HttpIntake::reload()
{
    auto keys = read_keys_file(options_.http.keys);
    if (!keys) return mail::log::error("keys not reloaded", {{"reason", keys.error().describe()}});
    const std::size_t count = keys->size();
    keys_.replace(std::move(*keys));
    mail::log::info("keys reloaded", {{"keys", count}});
}

}  // namespace postoffice::http
