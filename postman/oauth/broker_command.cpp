#include "postman/oauth/broker_command.h"

#include <systemd/sd-daemon.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "common/log.h"
#include "postman/oauth/broker.h"
#include "postman/oauth/make_token_source.h"
#include "postman/options.h"
#include "postman/signals.h"

namespace postman
{
namespace
{

namespace log = mail::log;

std::optional<mode_t> parse_mode(const std::string& text)
{
    unsigned mode = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, mode, 8);
    if (text.empty() || error != std::errc() || stop != end || mode > 0777) return std::nullopt;
    return mode;
}

struct NamedSource {
    std::string user;
    std::string source;
};

NamedSource split(const std::string& account)
{
    const std::size_t equals = account.find('=');
    if (equals == std::string::npos) return {account, "store"};
    return {account.substr(0, equals), account.substr(equals + 1)};
}

mail::Result<oauth::BrokerAccount> make_account(const std::string& text, const std::string& state)
{
    const NamedSource named = split(text);
    auto source = make_token_source(named.source, {.user = named.user, .state = state});
    if (!source) return std::move(source).error();
    const bool is_stored = named.source.starts_with("store");
    return oauth::BrokerAccount{named.user, std::move(*source), is_stored};
}

using Sockets = std::vector<mail::http::ListeningSocket>;

mail::Result<Sockets> open_sockets(const std::string& path, mode_t mode)
{
    auto sockets = mail::http::inherited_sockets();
    if (!sockets || !sockets->empty()) return sockets;
    if (path.empty())
        return mail::Error{mail::ErrorKind::refused, "no --socket, and none from systemd"};
    auto socket = mail::http::open_listening_socket("unix:" + path, mode);
    if (!socket) return std::move(socket).error();
    Sockets opened;
    opened.push_back(std::move(*socket));
    return opened;
}

int unusable(const mail::Error& error)
{
    log::error("broker-unusable", {{"reason", error.describe()}});
    return mail::kExitConfiguration;
}

}  // namespace

CLI::App* BrokerCommand::declare(CLI::App& app)
{
    CLI::App* broker = app.add_subcommand("broker", "hands OAuth tokens to other mail programs");
    broker->add_option("--socket", socket_, "the unix socket to listen on (or systemd's)")
        ->type_name("SOCKET");
    broker->add_option("--mode", mode_, "the socket's mode: who may ask")->capture_default_str();
    broker
        ->add_option("--account", accounts_,
                     "a user of the store, or USER=SOURCE (command:…, file:…); repeatable")
        ->required()
        ->allow_extra_args(false);
    broker->add_option("--protocol", protocols_, "SMTP or IMAP; repeatable; both if not given")
        ->check(CLI::IsMember({"SMTP", "IMAP"}))
        ->allow_extra_args(false);
    return broker;
}

std::optional<std::string> BrokerCommand::fault() const
{
    if (!parse_mode(mode_)) return "--mode: wants an octal mode such as 0600 or 0660";
    if (!socket_.empty() && !socket_.starts_with('/')) return "--socket: wants an absolute path";
    for (const std::string& account : accounts_)
        if (const auto made = make_account(account, "/"); !made)
            return "--account " + split(account).user + ": " + made.error().step;
    return std::nullopt;
}

int BrokerCommand::run(const PostmanOptions& common)
{
    StopOnSignal signals;
    oauth::BrokerSettings settings;
    for (const std::string& account : accounts_) {
        auto made = make_account(account, common.state);
        if (!made) return unusable(made.error());
        settings.accounts.push_back(std::move(*made));
    }
    settings.protocols = protocols_.empty() ? std::vector<std::string>{"SMTP", "IMAP"} : protocols_;
    auto sockets = open_sockets(socket_, *parse_mode(mode_));
    if (!sockets) return unusable(sockets.error());
    for (const auto& socket : *sockets)
        log::info("listening", {{"on", socket.name()}, {"accounts", accounts_.size()}});
    oauth::Broker broker(std::move(settings), std::move(*sockets));
    ::sd_notify(0, "READY=1");
    broker.serve(signals.token());
    return 0;
}

}  // namespace postman
