#include "postman/options.h"

#include <CLI/CLI.hpp>

#include "common/log.h"
#include "postman/make_backend.h"

namespace postman
{
namespace
{

constexpr const char* kDefaultSendmail = "/usr/sbin/sendmail";

void declare(CLI::App& app, PostmanOptions& o)
{
    app.add_option("URL", o.urls,
                   "where mail is fetched: example.com/postoffice, https://…, unix:/socket");
    app.add_option("--url", o.listed_urls, "like URL, for the configuration file");
    app.add_option("--user", o.user, "the name for basic authentication");
    app.add_option("--password-file", o.password_file,
                   "the file with the password (or its name in $CREDENTIALS_DIRECTORY)")
        ->type_name("FILE");
    app.add_option("--ca", o.ca,
                   "the CA file that signed the server's certificate, instead of the system's")
        ->type_name("FILE");
    app.add_option("--cert", o.cert, "a client certificate, with --key")->type_name("FILE");
    app.add_option("--key", o.key, "the client certificate's key")->type_name("FILE");
    app.add_flag("--insecure-http", o.insecure_http, "allow http:// to other hosts");
    app.add_option(
           "--deliver", o.deliver,
           "sendmail[:PATH], maildir:DIR, smtp://[USER@]HOST[:PORT], smtps://…, lmtp://… or "
           "lmtp:SOCKET, gmail")
        ->capture_default_str();
    app.add_option("--delivery-timeout", o.delivery_timeout,
                   "how long the delivery of one mail may take")
        ->capture_default_str();
    declare_smtp_options(app, o.smtp);
    declare_gmail_options(app, o.gmail);
    app.add_option("--accounts", o.accounts,
                   "the file that chooses the way out by the sender, instead of --deliver")
        ->type_name("FILE");
    app.add_option("--jobs", o.jobs, "deliveries at the same time")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--state", o.state, "the directory of the ledger and the lock")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_flag("--watch", o.watch, "stay, and wait on the server for mail");
    app.add_flag("--dry-run", o.dry_run,
                 "say what would be delivered by which way out, and deliver nothing");
    app.add_option("--max-per-run", o.max_per_run, "stop after so many mails (0: all)")
        ->capture_default_str();
    app.add_option("--rate", o.rate, "mails a second at most (0: no limit)")
        ->check(CLI::Range(0.0, 100000.0))
        ->capture_default_str();
    app.add_option("--protocol", o.protocol, "lease, or original for the Python PostMaster")
        ->check(CLI::IsMember({"lease", "original"}))
        ->capture_default_str();
    app.add_option("--lifetime", o.lifetime, "try a mail so long before it has failed")
        ->capture_default_str();
    app.add_option("--origin", o.origin, "hold what shows this: address, host, path; repeatable");
    app.add_option("--unconfirmed", o.unconfirmed, "a delivery without an end: resend or hold")
        ->check(CLI::IsMember({"resend", "hold"}))
        ->capture_default_str();
}

/// What runs tell beside the log.
void declare_telling(CLI::App& app, PostmanOptions& o)
{
    declare_reports(app, o.reports);
    app.add_option("--metrics-file", o.metrics_file,
                   "figures for node_exporter's textfile collector, after each round")
        ->type_name("FILE");
}

/// A URL for a message: without the password that somebody may have put into it.
std::string shown(std::string_view url)
{
    const std::size_t at = url.rfind('@');
    return at == std::string_view::npos ? std::string(url) : "…" + std::string(url.substr(at));
}

/// Of everything that delivers.
std::optional<std::string> fault_in_delivery(const PostmanOptions& o)
{
    if (auto fault = fault_in_way_out(o)) return fault;
    if (const auto ok = parse_duration(o.lifetime); !ok) return "--lifetime: " + ok.error().step;
    if (const auto ok = parse_origin(o.origin); !ok) return "--origin: " + ok.error().step;
    if (auto fault = fault_in(o.reports)) return fault;
    if (!o.metrics_file.empty() && o.metrics_file.front() != '/')
        return "--metrics-file: wants an absolute path";
    return std::nullopt;
}

/// Of everything that asks an endpoint.
std::optional<std::string> fault_in_courier(const PostmanOptions& o)
{
    if (o.chosen_urls().empty())
        return "no URL is given: name one, or put `url = ...` into the configuration file";
    for (const std::string& url : o.chosen_urls())
        if (const auto ok = mail::web::parse_endpoint_url(url, o.insecure_http); !ok)
            return (o.urls.empty() ? "--url: " : "") + shown(url) + ": " + ok.error().step;
    if (auto fault = fault_in_delivery(o)) return fault;
    if (o.cert.empty() != o.key.empty()) return "--cert and --key go together";
    if (!o.password.empty() && !o.password_file.empty())
        return "--password and --password-file exclude each other";
    if (o.user.find(':') != std::string::npos) return "--user: a name has no colon (RFC 7617)";
    return std::nullopt;
}

std::optional<std::string> fault_in_command(const PostmanOptions& o)
{
    const bool asks = o.command->asks_endpoints();
    if (!asks && !o.urls.empty()) return "not expected here: " + shown(o.urls.front());
    if (auto fault = o.command->fault()) return fault;
    if (asks) return fault_in_courier(o);
    return o.command->delivers() ? fault_in_delivery(o) : std::nullopt;
}

std::optional<std::string> fault_in(const PostmanOptions& o)
{
    if (o.command != nullptr) return fault_in_command(o);
    if (auto fault = fault_in_courier(o)) return fault;
    if (o.watch && o.max_per_run > 0)
        return "--max-per-run is for runs that end: with --watch use --rate";
    if (o.watch && o.chosen_protocol() == Protocol::original)
        return "--watch needs the lease protocol: run the original one from cron";
    if (o.dry_run && o.watch) return "--dry-run looks once: leave --watch out";
    if (o.dry_run && o.chosen_protocol() == Protocol::original)
        return "--dry-run needs the lease protocol: the original one deletes what it shows";
    return std::nullopt;
}

}  // namespace

mail::Result<mail::privacy::OriginValues> parse_origin(const std::vector<std::string>& texts)
{
    mail::privacy::OriginValues values;
    for (const std::string& text : texts) {
        auto value = mail::privacy::parse_origin_value(text);
        if (!value) return std::move(value).error();
        values.add(std::move(*value));
    }
    return values;
}

mail::Result<WayOutChoice> parse_way_out(std::string_view text)
{
    if (text == "gmail") return WayOutChoice{WayOutChoice::Kind::gmail, {}};
    if (text == "sendmail") return WayOutChoice{WayOutChoice::Kind::sendmail, kDefaultSendmail};
    const auto choice = [](WayOutChoice::Kind kind,
                           std::string_view path) -> mail::Result<WayOutChoice> {
        if (!path.starts_with('/'))
            return mail::Error{mail::ErrorKind::malformed, "wants an absolute path"};
        return WayOutChoice{kind, std::string(path)};
    };
    if (text.starts_with("sendmail:")) return choice(WayOutChoice::Kind::sendmail, text.substr(9));
    if (text.starts_with("maildir:")) return choice(WayOutChoice::Kind::maildir, text.substr(8));
    if (!names_smarthost(text))
        return mail::Error{mail::ErrorKind::malformed,
                           "wants sendmail, sendmail:PATH, maildir:DIR, smtp://HOST, smtps://HOST, "
                           "lmtp://HOST or gmail"};
    if (auto smarthost = parse_smarthost(text); !smarthost) return std::move(smarthost).error();
    return WayOutChoice{WayOutChoice::Kind::smarthost, std::string(text)};
}

std::vector<mail::web::EndpointUrl> PostmanOptions::endpoints() const
{
    std::vector<mail::web::EndpointUrl> list;
    for (const std::string& url : chosen_urls())
        if (auto endpoint = mail::web::parse_endpoint_url(url, insecure_http))
            list.push_back(std::move(*endpoint));
    return list;
}

std::chrono::seconds PostmanOptions::lifetime_seconds() const
{
    return parse_duration(lifetime).value();
}

std::chrono::seconds PostmanOptions::delivery_timeout_seconds() const
{
    return parse_duration(delivery_timeout).value();
}

mail::Options make_command_line()
{
    return {"postman", "fetches mail from postmaster and delivers it here", "POSTMAN"};
}

void declare_options(mail::Options& declared, PostmanOptions& options, const Commands& commands)
{
    declare(declared.app(), options);
    declare_telling(declared.app(), options);
    std::vector<CLI::App*> declared_commands;
    for (const auto& command : commands)
        declared_commands.push_back(command->declare(declared.app())->fallthrough());
    declared.mark_secret(
        declared.app().add_option("--password", options.password,
                                  "the password; visible to all users here: use --password-file"));
    declared.add_check([&options, &commands, declared_commands] {
        for (std::size_t i = 0; i < commands.size(); ++i)
            if (declared_commands[i]->parsed()) options.command = commands[i].get();
        return fault_in(options);
    });
}

std::optional<int> parse_options(PostmanOptions& options, const Commands& commands, int argc,
                                 char** argv)
{
    mail::Options declared = make_command_line();
    declare_options(declared, options, commands);
    return declared.parse(argc, argv);
}

mail::Result<mail::web::HttpCredentials> read_credentials(const PostmanOptions& options)
{
    mail::web::HttpCredentials credentials{options.user, options.password, options.ca, options.cert,
                                           options.key};
    if (!options.password.empty())
        mail::log::warning(
            "password-on-command-line",
            {{"reason", "every user of this host can read it: use --password-file"}});
    if (options.password_file.empty()) return credentials;
    auto secret = mail::read_secret(options.password_file);
    if (!secret) return std::move(secret).error();
    credentials.password = std::move(*secret);
    return credentials;
}

}  // namespace postman
