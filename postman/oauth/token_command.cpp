#include "postman/oauth/token_command.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "common/base64.h"
#include "common/config.h"
#include "common/log.h"
#include "postman/oauth/broker_protocol.h"
#include "postman/oauth/make_token_source.h"
#include "postman/oauth/secret.h"
#include "postman/oauth/state_owner.h"
#include "postman/oauth/tls_line_connection.h"
#include "postman/options.h"
#include "postman/signals.h"

namespace postman
{
namespace
{

constexpr int kNotTaken = 1;
constexpr unsigned short kSubmission = 587;
constexpr unsigned short kImaps = 993;

mail::Result<mail::HostPort> host_and_port(const std::string& text, unsigned short usual)
{
    if (text.find(':') == std::string::npos) return mail::HostPort{text, usual};
    return mail::parse_host_port(text);
}

int failed(const mail::Error& error)
{
    std::cerr << "postman: " << error.describe() << "\n";
    return error.kind == mail::ErrorKind::temporary ? mail::kExitTemporary
                                                    : mail::kExitConfiguration;
}

}  // namespace

CLI::App* TokenCommand::declare(CLI::App& app)
{
    CLI::App* token = app.add_subcommand("token", "prints an OAuth token, or tries it at a server");
    token->add_option("--user", user_, "the account")->required();
    token->add_option("--socket,--cms_sock", socket_, "ask the broker there, not the store")
        ->type_name("SOCKET");
    token->add_option("--source", source_, "store, command:WORDS, socket:PATH or file:PATH")
        ->capture_default_str();
    token->add_option("--output", output_, "xoauth2, xoauth2-b64 or token")
        ->check(CLI::IsMember({"xoauth2", "xoauth2-b64", "token"}))
        ->capture_default_str();
    token->add_flag("--no-newline,--no_newline", no_newline_, "print no line end");
    token->add_option("--proto", protocol_, "SMTP or IMAP, for the broker")
        ->check(CLI::IsMember({"SMTP", "IMAP"}))
        ->capture_default_str();
    token->add_option("--test-smtp", test_smtp_, "try it at this host (:587, STARTTLS)");
    token->add_option("--test-imap", test_imap_, "try it at this host (:993, TLS)");
    token->add_option("--ca", ca_, "the CA file for that, instead of the system's")
        ->type_name("FILE");
    return token;
}

std::optional<std::string> TokenCommand::fault() const
{
    if (!socket_.empty() && !socket_.starts_with('/')) return "--socket: wants an absolute path";
    if (!socket_.empty() && source_ != "store") return "--socket and --source exclude each other";
    if (!test_smtp_.empty() && !test_imap_.empty())
        return "--test-smtp and --test-imap exclude each other";
    for (const std::string& server : {test_smtp_, test_imap_})
        if (const auto ok = host_and_port(server, 1); !ok) return ok.error().step;
    const auto source = make_token_source(source_, {.user = user_});
    return source ? std::nullopt : std::optional("--source: " + source.error().step);
}

int TokenCommand::run(const PostmanOptions& common)
{
    const std::string spec = socket_.empty() ? source_ : "socket:" + socket_;
    if (spec.starts_with("store"))
        if (const auto ok = oauth::become_owner_of(common.state); !ok) return failed(ok.error());
    const StopOnSignal signals;
    const TokenSettings settings{.user = user_, .state = common.state, .protocol = protocol_};
    const auto source = make_token_source(spec, settings);
    if (!source) return failed(source.error());
    auto token = (*source)->token(signals.token());
    if (!token) return failed(token.error());
    const oauth::WipeAtEnd wiped(*token);
    return test_smtp_.empty() && test_imap_.empty() ? print(*token) : test(*token);
}

int TokenCommand::print(const std::string& token) const
{
    std::string text = output_ == "token" ? token : oauth::xoauth2(user_, token);
    if (output_ == "xoauth2-b64") text = mail::base64_encode(text);
    const oauth::WipeAtEnd wiped(text);
    std::cout << text << (no_newline_ ? "" : "\n") << std::flush;
    return std::cout ? 0 : mail::kExitTemporary;
}

int TokenCommand::test(const std::string& token) const
{
    const bool is_smtp = !test_smtp_.empty();
    const auto server =
        is_smtp ? host_and_port(test_smtp_, kSubmission) : host_and_port(test_imap_, kImaps);
    auto connection =
        oauth::connect_by_lines({.host = server->host, .port = server->port, .ca_file = ca_});
    if (!connection) return failed(connection.error());
    const oauth::Login login{user_, token,
                             [](const std::string& line) { std::cout << line << std::endl; }};
    auto ended = mail::Result<mail::Done>(mail::Done{});
    if (!is_smtp) ended = (*connection)->start_tls();
    if (ended)
        ended =
            is_smtp ? test_smtp_login(**connection, login) : test_imap_login(**connection, login);
    if (ended) std::cout << "-- the server takes the token\n";
    if (ended) return 0;
    std::cout << "-- not so: " << ended.error().describe() << "\n";
    return ended.error().kind == mail::ErrorKind::temporary ? mail::kExitTemporary : kNotTaken;
}

}  // namespace postman
