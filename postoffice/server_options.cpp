#include "postoffice/server_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>

#include "common/http/listening_socket.h"

namespace postoffice
{
namespace
{

namespace asio = boost::asio;

constexpr const char* kDefaultEndpoint = "127.0.0.1:12345";

struct Positional {
    std::string host;
    std::string port;
};

std::string joined(const Positional& positional)
{
    const bool is_v6 =
        positional.host.find(':') != std::string::npos && positional.host.front() != '[';
    return (is_v6 ? "[" + positional.host + "]" : positional.host) + ":" + positional.port;
}

std::optional<std::string> collect_endpoints(const Positional& positional, ServerOptions& options)
{
    if (!positional.host.empty() && positional.port.empty())
        return "HOST wants a PORT behind it, as in: postoffice localhost 12345";
    std::vector<std::string> all = options.listen;
    if (!positional.host.empty()) all.insert(all.begin(), joined(positional));
    if (all.empty() && options.listen_tls.empty()) all.emplace_back(kDefaultEndpoint);
    options.endpoints.clear();
    options.unix_endpoints.clear();
    for (const std::string& text : all) {
        if (text.starts_with("unix:")) {
            const auto address = mail::http::check_listen_address(text);
            if (!address) return "--listen: " + address.error().step;
            options.unix_endpoints.push_back(text);
            continue;
        }
        auto endpoint = mail::parse_host_port(text);
        if (!endpoint) return "--listen: " + endpoint.error().step;
        options.endpoints.push_back(std::move(*endpoint));
    }
    options.tls_endpoints.clear();
    for (const std::string& text : options.listen_tls) {
        auto endpoint = mail::parse_host_port(text);
        if (!endpoint) return "--listen-tls: " + endpoint.error().step;
        options.tls_endpoints.push_back(std::move(*endpoint));
    }
    return std::nullopt;
}

// A name that does not resolve is an error of its own later, when it is bound.
bool is_loopback_only(const mail::HostPort& endpoint)
{
    asio::io_context context;
    asio::ip::tcp::resolver resolver(context);
    boost::system::error_code error;
    const auto found = resolver.resolve(endpoint.host, std::to_string(endpoint.port),
                                        asio::ip::resolver_base::passive, error);
    return std::all_of(found.begin(), found.end(),
                       [](const auto& entry) { return entry.endpoint().address().is_loopback(); });
}

// "--listen: on 0.0.0.0": the first endpoint that other hosts reach.
std::optional<std::string> exposed_endpoint(const ServerOptions& options)
{
    for (const mail::HostPort& endpoint : options.endpoints)
        if (!is_loopback_only(endpoint)) return "--listen: on " + endpoint.host;
    for (const mail::HostPort& endpoint : options.tls_endpoints)
        if (!is_loopback_only(endpoint)) return "--listen-tls: on " + endpoint.host;
    return std::nullopt;
}

// What needs a certificate of ours, and what goes with what.
std::optional<std::string> tls_fault(ServerOptions& options)
{
    TlsFiles& tls = options.tls;
    if (tls.certificate.empty() != tls.key.empty())
        return "--tls-cert and --tls-key go together: the certificate's chain and its key";
    if (tls.certificate.empty()) {
        for (const auto& [name, is_given] : {std::pair("--listen-tls", !options.listen_tls.empty()),
                                             std::pair("--tls-required", options.tls_required),
                                             std::pair("--tls-client-ca", !tls.client_ca.empty())})
            if (is_given) return std::string(name) + " wants --tls-cert and --tls-key";
    }
    tls.requires_certificate = options.tls_client_cert == "require";
    return std::nullopt;
}

/// Inside TLS each client says who it is, so that it may come from anywhere.
bool wants_identity(const ServerOptions& options)
{
    return !options.tls.certificate.empty() &&
           (!options.tls.client_ca.empty() || !options.users.empty());
}

std::optional<std::string> check_exposure(ServerOptions& options)
{
    auto allow_list = AllowList::parse(options.allow);
    if (!allow_list) return "--allow: " + allow_list.error().step;
    options.allow_list = std::move(*allow_list);
    if (options.tls.certificate.empty() && !options.users.empty())
        if (const auto exposed = exposed_endpoint(options))
            return *exposed +
                   " a password would go over the network in the clear: --users wants --tls-cert "
                   "and --tls-key there, or listen on 127.0.0.1";
    if (wants_identity(options)) return std::nullopt;
    if (!options.allow_list.is_empty()) return std::nullopt;
    if (const auto exposed = exposed_endpoint(options))
        return *exposed +
               " it lets other hosts send mail through this one: say which may, with --allow (as "
               "in --allow 10.0.0.0/8) or with TLS and --users, or listen on 127.0.0.1";
    return std::nullopt;
}

bool is_host_name(const std::string& name)
{
    return !name.empty() && name.size() <= 255 &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '[' ||
                      c == ']' || c == ':';
           });
}

std::optional<std::string> metrics_fault(const ServerOptions& options)
{
    if (options.metrics_listen.empty()) return std::nullopt;
    const auto address = mail::http::check_listen_address(options.metrics_listen);
    return address ? std::nullopt
                   : std::optional("--metrics-listen: " + address.error().describe());
}

void declare_tls(CLI::App& app, ServerOptions& options)
{
    app.add_option("--listen-tls", options.listen_tls,
                   "HOST:PORT where TLS begins at once; may be repeated");
    app.add_option("--tls-cert", options.tls.certificate, "PEM chain; then STARTTLS is offered")
        ->type_name("FILE");
    app.add_option("--tls-key", options.tls.key, "its key, PEM without a passphrase")
        ->type_name("FILE");
    app.add_flag("--tls-required", options.tls_required,
                 "no mail from other hosts outside of TLS; then 451");
    app.add_option("--tls-client-ca", options.tls.client_ca,
                   "PEM: clients with a certificate of this CA may send")
        ->type_name("FILE");
    app.add_option("--tls-client-cert", options.tls_client_cert,
                   "with --tls-client-ca, inside TLS: require a certificate, or ask for one")
        ->check(CLI::IsMember({"require", "ask"}))
        ->capture_default_str();
    app.add_option("--users", options.users,
                   "name:hash lines; AUTH, which other hosts then need (inside TLS)")
        ->type_name("FILE");
    app.add_option("--tls-handshake-timeout", options.tls_handshake_seconds,
                   "seconds for a TLS handshake")
        ->check(CLI::Range(1, 300))
        ->capture_default_str();
}

}  // namespace

mail::Options make_command_line()
{
    return {"postoffice", "catches mail over SMTP and makes it durable", "POSTOFFICE"};
}

void declare_options(mail::Options& command_line, ServerOptions& options,
                     const Subcommands& subcommands)
{
    CLI::App& app = command_line.app();
    const auto positional = std::make_shared<Positional>();
    app.add_option("HOST", positional->host, "listen on this address (127.0.0.1) ...");
    app.add_option("PORT", positional->port, "... and this port (12345)");
    app.add_option("--listen", options.listen,
                   "HOST:PORT or unix:/PATH to listen on; may be repeated")
        ->default_str(kDefaultEndpoint);
    declare_tls(app, options);
    app.add_option("--allow", options.allow, "address or range that may connect; may be repeated");
    app.add_option("--spool", options.spool, "the spool directory")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--hostname", options.hostname, "the name in the greeting")
        ->capture_default_str();
    app.add_option("--max-message-size", options.max_message_size, "bytes of one mail")
        ->check(CLI::Range(std::size_t(1), std::size_t(1) << 31))
        ->capture_default_str();
    app.add_option("--max-connections", options.max_connections, "then 421")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--max-connections-per-peer", options.max_connections_per_peer,
                   "of one other host at a time, then 421; 0: no limit")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--connections-per-minute", options.connections_per_minute,
                   "of one other host, then 421; 0: no limit")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--memory-budget", options.memory_budget,
                   "bytes of mail in memory at once; then 452")
        ->check(CLI::Range(std::size_t(65'536), std::size_t(1) << 40))
        ->capture_default_str();
    app.add_option(
           "--commit", options.commit,
           "how small mails become durable: journal (one sync for many) or files (each its own)")
        ->check(CLI::IsMember({"journal", "files"}))
        ->capture_default_str();
    app.add_option("--min-free", options.min_free,
                   "bytes that stay free on the spool's disk; 0: 5 %, at most 256 MiB")
        ->capture_default_str();
    app.add_option("--idle-timeout", options.idle_timeout_seconds, "seconds to wait for a command")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_option("--metrics-listen", options.metrics_listen,
                   "unix:/PATH, or HOST:PORT on loopback, for /metrics and /alarms");
    http::declare(app, options.http);
    app.add_flag("--unsafe-spool", options.unsafe_spool,
                 "allow a spool that a power cut empties (tmpfs, NFS)");

    std::vector<CLI::App*> declared;
    for (const auto& subcommand : subcommands)
        declared.push_back(subcommand->declare(app)->fallthrough());

    command_line.add_check(
        [positional, declared, &subcommands, &options]() -> std::optional<std::string> {
            for (std::size_t i = 0; i < declared.size(); ++i)
                if (declared[i]->parsed()) options.subcommand = subcommands[i].get();
            if (options.subcommand != nullptr) return options.subcommand->fault();
            if (!is_host_name(options.hostname)) return "--hostname: not a host name";
            if (auto fault = metrics_fault(options)) return fault;
            if (auto fault = http::fault_of(options.http)) return fault;
            if (auto fault = collect_endpoints(*positional, options)) return fault;
            if (auto fault = tls_fault(options)) return fault;
            return check_exposure(options);
        });
}

}  // namespace postoffice
