#include "postoffice/submit/settings.h"

#include <algorithm>
#include <cctype>

#include "postoffice/submit/sendmail_flags.h"

namespace postoffice::submit
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::size_t kMaxSocketPath = 107;  // sockaddr_un

std::string environment_name(std::string_view option)
{
    std::string name = "POSTOFFICE_SENDMAIL_";
    for (const char c : option)
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

bool is_domain(std::string_view name)
{
    return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
    });
}

std::string absolute_fault(std::string_view path)
{
    return path.starts_with('/') ? "" : "wants an absolute path";
}

/// Puts one value where it belongs. Returns what is wrong with it.
std::string assign(Settings& settings, std::string_view name, const std::string& value)
{
    if (name == "to") {
        auto target = parse_target(value);
        if (!target) return target.error().step;
        settings.to = std::move(*target);
        return {};
    }
    if (name == "syslog") {
        if (value != "true" && value != "false") return "wants true or false";
        settings.syslog = value == "true";
        return {};
    }
    if (name == "domain") {
        settings.domain = value;
        return is_domain(value) ? "" : "not a domain";
    }
    if (name == "url") {
        settings.url = value;
        return {};
    }
    std::string& path = name == "key-file" ? settings.key_file
                        : name == "ca"     ? settings.ca
                        : name == "queue"  ? settings.queue
                                           : settings.spool;
    path = value;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    // A key's name alone is one of $CREDENTIALS_DIRECTORY.
    return name == "key-file" || name == "ca" ? "" : absolute_fault(path);
}

Result<Done> take_file(Settings& settings, const std::vector<mail::ConfigLine>& lines)
{
    for (const mail::ConfigLine& line : lines) {
        const std::string where = "line " + std::to_string(line.line) + ": " + line.name;
        const LongOption* option = find_long_option(line.name);
        if (option == nullptr || !option->is_in_file) {
            std::vector<std::string> known;
            for (const LongOption& one : long_options())
                if (one.is_in_file) known.emplace_back(one.name);
            const auto near = mail::nearest_name(line.name, known);
            return Error{ErrorKind::refused,
                         where + ": unknown" + (near ? " (did you mean " + *near + "?)" : "")};
        }
        const std::string fault = assign(settings, line.name, line.value);
        if (!fault.empty()) return Error{ErrorKind::refused, where + ": " + fault};
    }
    return Done{};
}

/// --to against a url of the file, and the other way round: what is said nearer goes.
void put_aside_other_way(Settings& settings, bool says_to, bool says_url)
{
    if (says_to && !says_url) settings.url.clear();
    if (says_url && !says_to) settings.to.reset();
}

Result<Done> take_environment(Settings& settings, const Lookup& environment)
{
    const auto says = [&environment](std::string_view option) {
        return !environment(environment_name(option)).value_or("").empty();
    };
    put_aside_other_way(settings, says("to"), says("url"));
    for (const LongOption& option : long_options()) {
        if (!option.is_in_file) continue;
        const std::string name = environment_name(option.name);
        const auto value = environment(name);
        if (!value || value->empty()) continue;
        const std::string fault = assign(settings, option.name, *value);
        if (!fault.empty()) return Error{ErrorKind::refused, "environment, " + name + ": " + fault};
    }
    return Done{};
}

Result<Done> take_command_line(Settings& settings, const std::map<std::string, std::string>& given)
{
    put_aside_other_way(settings, given.count("to") != 0, given.count("url") != 0);
    for (const auto& [name, value] : given) {
        const std::string fault = assign(settings, name, value);
        if (!fault.empty()) return Error{ErrorKind::malformed, "--" + name + ": " + fault};
    }
    return Done{};
}

/// appengine-mailer's names. A way that is said outright on the command line or in ours goes first.
void take_old_names(Settings& settings, const Lookup& lookup)
{
    const auto url = lookup("GMAIL_PROXY_URL");
    const auto key = lookup("GMAIL_SECRET_KEY");
    if (settings.url.empty() && !settings.to && url) settings.url = *url;
    if (settings.key.empty() && key) settings.key = *key;
}

}  // namespace

std::string Target::text() const
{
    if (!path.empty()) return "unix:" + path;
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
           std::to_string(endpoint.port);
}

Result<Target> parse_target(std::string_view text)
{
    if (text.starts_with("unix:") || text.starts_with('/')) {
        if (text.starts_with("unix:")) text.remove_prefix(5);
        const bool is_sound = text.starts_with('/') && text.size() <= kMaxSocketPath;
        if (!is_sound)
            return Error{ErrorKind::malformed, "unix: wants an absolute path of at most 107 bytes"};
        return Target{std::string(text), {}};
    }
    auto endpoint = mail::parse_host_port(text);
    if (!endpoint) return std::move(endpoint).error();
    return Target{{}, std::move(*endpoint)};
}

Result<Settings> resolve_settings(const SettingSources& sources)
{
    Settings settings;
    if (auto ok = take_file(settings, sources.file); !ok) return std::move(ok).error();
    if (auto ok = take_environment(settings, sources.environment); !ok)
        return std::move(ok).error();
    if (auto ok = take_command_line(settings, sources.command_line); !ok)
        return std::move(ok).error();
    take_old_names(settings, sources.environment);
    take_old_names(settings, sources.envdir);
    return settings;
}

}  // namespace postoffice::submit
