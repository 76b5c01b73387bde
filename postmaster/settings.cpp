#include "postmaster/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "common/http/listening_socket.h"
#include "postmaster/users_file.h"

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

}  // namespace

void declare_options(mail::Options& options, Settings& settings)
{
    CLI::App& app = options.app();
    app.add_option("--spool", settings.spool, "the spool directory")->capture_default_str();
    app.add_option("--listen", settings.listen,
                   "unix:/PATH, or HOST:PORT on loopback; a socket from systemd goes first")
        ->capture_default_str();
    app.add_option("--users", settings.users,
                   "name:hash lines; basic authentication is asked for then");
    app.add_option("--origin", settings.origin,
                   "what must not show: an address, CIDR, host, suffix, user or path; repeatable");
    app.add_option("--public-domain", settings.public_domain,
                   "right side of mapped Message-IDs; else the domain of From");
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
    if (!settings.public_domain.empty() && !is_domain(settings.public_domain))
        return "--public-domain: " + settings.public_domain + " is no domain name";
    if (const auto origin = origin_values(settings); !origin) return origin.error().step;
    if (settings.users.empty()) return std::nullopt;
    const auto users = read_users_file(settings.users);
    return users ? std::nullopt : std::optional("--users: " + users.error().describe());
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
