#include "postmaster/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "common/duration.h"
#include "common/http/listening_socket.h"
#include "common/users/users_file.h"
#include "postmaster/privacy_rules.h"

namespace postmaster
{
namespace
{

using mail::Result;
using mail::privacy::OriginValues;

bool is_domain(std::string_view text)  // RFC 1035 2.3.1, with underscores
{
    const bool characters = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-' || c == '.' || c == '_';
    });
    return characters && !text.empty() && text.size() <= 253 && text.front() != '.' &&
           text.back() != '.' && text.find("..") == std::string_view::npos;
}

bool is_field_name(std::string_view text)  // RFC 5322 2.2
{
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return c > ' ' && c < 127 && c != ':'; });
}

void declare_privacy(CLI::App& app, Settings& settings)
{
    app.add_option("--origin", settings.origin,
                   "what must not show: an address, CIDR, host, suffix, user or path; repeatable");
    app.add_option("--learn", settings.learn,
                   "yes: the machine's own names and addresses must not show either")
        ->check(CLI::IsMember({"yes", "no"}))
        ->capture_default_str();
    app.add_option("--rewrite", settings.rewrite,
                   "OLD=NEW: senders and address fields, by address or @domain; repeatable");
    app.add_option("--public-domain", settings.public_domain,
                   "right side of mapped Message-IDs; else the domain of From");
    app.add_option("--default-domain", settings.default_domain,
                   "what addresses without a domain get");
    app.add_option("--gate", settings.gate,
                   "enforce: what cannot be cleaned is held; report: it goes, and is noted")
        ->check(CLI::IsMember({"enforce", "report"}))
        ->capture_default_str();
    app.add_option("--unknown", settings.unknown,
                   "mail that cannot be read to its end, where --origin names something")
        ->check(CLI::IsMember({"hold", "warn"}))
        ->capture_default_str();
    app.add_option("--strict-headers", settings.strict_headers,
                   "keep known fields only; report says which others would go")
        ->check(CLI::IsMember({"off", "report", "enforce"}))
        ->capture_default_str();
    app.add_option("--keep-header", settings.keep_header,
                   "a field that --strict-headers keeps as well; repeatable");
    app.add_option("--courier-name", settings.courier_name,
                   "the courier's host in Received lines, to stop mail that circles; repeatable");
}

std::optional<std::string> name_fault_of(const Settings& settings)
{
    const auto no_domain = [](const char* option, const std::string& name) {
        return std::string(option) + ": " + name + " is no domain name; write it as example.org";
    };
    if (!settings.public_domain.empty() && !is_domain(settings.public_domain))
        return no_domain("--public-domain", settings.public_domain);
    if (!settings.default_domain.empty() && !is_domain(settings.default_domain))
        return no_domain("--default-domain", settings.default_domain);
    for (const std::string& name : settings.courier_name)
        if (!is_domain(name)) return no_domain("--courier-name", name);
    for (const std::string& name : settings.keep_header)
        if (!is_field_name(name))
            return "--keep-header: " + name + " is no field name; write it without the colon";
    return std::nullopt;
}

std::optional<std::string> metrics_fault_of(const Settings& settings)
{
    if (const auto silence = mail::parse_duration(settings.courier_silence); !silence)
        return "--courier-silence: " + silence.error().step;
    if (settings.metrics_listen.empty()) return std::nullopt;
    const auto address = mail::http::check_listen_address(settings.metrics_listen);
    return address ? std::nullopt
                   : std::optional("--metrics-listen: " + address.error().describe());
}

}  // namespace

mail::Options make_command_line()
{
    return {"postmaster", "hands mail out to the courier, scrubbed of the origin", "POSTMASTER"};
}

void declare_options(mail::Options& options, Settings& settings)
{
    CLI::App& app = options.app();
    app.add_option("--spool", settings.spool, "the spool directory")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--listen", settings.listen,
                   "unix:/PATH, or HOST:PORT on loopback; a socket from systemd goes first")
        ->capture_default_str();
    app.add_option("--users", settings.users,
                   "name:hash lines; basic authentication is asked for then")
        ->type_name("FILE");
    declare_privacy(app, settings);
    app.add_option("--lease-seconds", settings.lease_seconds,
                   "how long a courier has a mail if it does not say")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_option("--batch", settings.batch, "most mails in one answer")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    app.add_option("--batch-bytes", settings.batch_bytes,
                   "most bytes of records in one answer; one mail always fits")
        ->check(CLI::Range(1'024, 62'914'560))  // couriers read at most 64 MiB
        ->capture_default_str();
    app.add_option("--metrics-listen", settings.metrics_listen,
                   "unix:/PATH, or HOST:PORT on loopback: /metrics, /alarms and a status page");
    app.add_option("--courier-silence", settings.courier_silence,
                   "/alarms says so when no courier came for so long")
        ->capture_default_str();
    app.add_option("--min-free", settings.min_free,
                   "bytes free on the spool's disk, under which /alarms says so; as postoffice's")
        ->capture_default_str();
    app.add_flag("--delete-on-get", settings.delete_on_get,
                 "serve GET / as the original did: mail is gone once handed out");
    app.add_flag("--unsafe-spool", settings.unsafe_spool,
                 "allow a spool on tmpfs or a network file system");
    app.add_subcommand("serve", "hand mail out (the default)")->fallthrough();
    options.add_check([&settings] { return fault_of(settings); });
}

std::optional<std::string> fault_of(const Settings& settings)
{
    if (settings.spool.empty()) return "--spool is empty";
    if (auto address = mail::http::check_listen_address(settings.listen); !address)
        return "--listen: " + address.error().describe();
    if (auto fault = metrics_fault_of(settings)) return fault;
    if (auto fault = name_fault_of(settings)) return fault;
    if (const auto rules = privacy_rules(settings, {}); !rules) return rules.error().step;
    // Who gives a command may not be one who reads the users' file, and need not be.
    if (settings.users.empty() || !settings.serves) return std::nullopt;
    const auto users = mail::read_users_file(settings.users);
    return users ? std::nullopt : std::optional("--users: " + users.error().describe());
}

std::chrono::seconds courier_silence(const Settings& settings)
{
    return mail::parse_duration(settings.courier_silence).value();
}

Result<OriginValues> origin_values(const Settings& settings)
{
    OriginValues values;
    for (const std::string& text : settings.origin) {
        auto value = mail::privacy::parse_origin_value(text);
        if (!value)
            return mail::Error{mail::ErrorKind::malformed,
                               "--origin " + text + ": " + value.error().step};
        values.add(std::move(*value));
    }
    return values;
}

}  // namespace postmaster
