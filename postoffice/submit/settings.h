/// Where a submitted mail goes, and what is said of its caller: the command line, the environment
/// (POSTOFFICE_SENDMAIL_…, and appengine-mailer's names), /etc/postoffice/sendmail.conf, envdir;
/// the earlier goes before the later. Pure: reading them is left to the shell.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config.h"
#include "common/result.h"

namespace postoffice::submit
{

inline constexpr const char* kSocket = "/run/postoffice/smtp.socket";
inline constexpr const char* kLoopback = "127.0.0.1:12345";

/// unix:/PATH or HOST:PORT.
struct Target {
    std::string path;  // of a unix socket; empty: host and port
    mail::HostPort endpoint;

    std::string text() const;
    bool operator==(const Target& other) const { return text() == other.text(); }
};
[[nodiscard]] mail::Result<Target> parse_target(std::string_view text);

struct Settings {
    std::optional<Target> to;  // nothing: kSocket where it is, else kLoopback
    std::string url;
    std::string key_file;
    std::string key;  // out of GMAIL_SECRET_KEY; goes behind key_file
    std::string ca;
    std::string queue;
    std::string spool = "/var/spool/postoffice";
    std::string domain;
    bool syslog = false;
};

/// A name's value, or nothing.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

struct SettingSources {
    std::map<std::string, std::string> command_line;
    Lookup environment;
    std::vector<mail::ConfigLine> file;
    Lookup envdir;
};

/// errors  malformed: of the command line (exit 64); refused: of another source (exit 78). A line
///         for people that says where
[[nodiscard]] mail::Result<Settings> resolve_settings(const SettingSources& sources);

}  // namespace postoffice::submit
