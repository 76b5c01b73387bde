/// postoffice's options: what they are called, what they mean, which go together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config.h"
#include "postoffice/allow_list.h"
#include "postoffice/http/http_options.h"
#include "postoffice/subcommand.h"
#include "postoffice/tls_credentials.h"

namespace postoffice
{

struct ServerOptions {
    std::vector<std::string> listen;      // HOST:PORT, or unix:/PATH
    std::vector<std::string> listen_tls;  // HOST:PORT where TLS begins at once (RFC 8314)
    std::vector<std::string> allow;       // addresses and ranges; none: everybody, on loopback
    std::string spool = "/var/spool/postoffice";
    std::string hostname = "localhost";
    std::size_t max_message_size = 33'554'432;
    std::size_t max_connections = 2000;
    std::size_t max_connections_per_peer = 0;  // 0: as many as all; of peers on other hosts
    std::size_t connections_per_minute = 0;    // the same
    std::size_t memory_budget = 268'435'456;
    std::string commit = "files";  // or "journal"
    std::uint64_t min_free = 0;    // 0: the spool's own rule
    unsigned idle_timeout_seconds = 300;
    TlsFiles tls;  // no certificate: no TLS
    bool tls_required = false;
    std::string users;                        // a file; empty: no AUTH
    std::string tls_client_cert = "require";  // or "ask"; with tls.client_ca
    unsigned tls_handshake_seconds = 30;
    std::string metrics_listen;  // empty: nobody is told
    bool unsafe_spool = false;
    http::HttpOptions http;

    // Filled by the check once all is parsed.
    std::vector<mail::HostPort> endpoints;
    std::vector<std::string> unix_endpoints;  // unix:/PATH
    std::vector<mail::HostPort> tls_endpoints;
    AllowList allow_list;
    Subcommand* subcommand = nullptr;  // nullptr: the catcher
};

/// Names the program; nothing is declared yet.
[[nodiscard]] mail::Options make_command_line();

/// Declares them all. What is given must live until the parse is over.
void declare_options(mail::Options& command_line, ServerOptions& options,
                     const Subcommands& subcommands);

}  // namespace postoffice
