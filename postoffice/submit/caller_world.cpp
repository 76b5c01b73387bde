#include "postoffice/submit/caller_world.h"

#include <pwd.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "common/spool/files.h"
#include "postoffice/submit/preparation.h"

namespace postoffice::submit
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr const char* kSettingsFile = "/etc/postoffice/sendmail.conf";
constexpr const char* kEnvdir = "/etc/envdir";
constexpr std::uint64_t kMaxFileBytes = 1 << 20;

/// msmtp's -C names a file, Postfix's a directory: that is not for us.
std::string given_file(const SendmailArguments& arguments)
{
    struct stat status {
    };
    const std::string& path = arguments.config_file;
    if (path.empty() || runs_for_another()) return {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
    return path;
}

Result<std::vector<mail::ConfigLine>> read_file(const SendmailArguments& arguments)
{
    const std::string given = given_file(arguments);
    const std::string path = given.empty() ? kSettingsFile : given;
    if (given.empty() && ::access(path.c_str(), F_OK) != 0) return std::vector<mail::ConfigLine>{};
    const auto text = mail::system_files().read_all(path, kMaxFileBytes);
    if (!text) return Error{ErrorKind::refused, text.error().describe()};
    auto lines = mail::parse_config(*text);
    if (!lines) return Error{ErrorKind::refused, path + ": " + lines.error().step};
    return lines;
}

/// The first line of the file of that name.
std::optional<std::string> envdir(const std::string& name)
{
    const std::string root = environment("POSTOFFICE_SENDMAIL_ENVDIR").value_or(kEnvdir);
    const auto text = mail::system_files().read_all(root + "/" + name, kMaxFileBytes);
    if (!text) return std::nullopt;
    std::string line = text->substr(0, text->find('\n'));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
        line.pop_back();
    return line.empty() ? std::nullopt : std::optional(line);
}

}  // namespace

bool runs_for_another()
{
    return ::getauxval(AT_SECURE) != 0 || ::getuid() != ::geteuid() || ::getgid() != ::getegid();
}

std::optional<std::string> environment(const std::string& name)
{
    if (runs_for_another()) return std::nullopt;
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string user_name(bool by_environment)
{
    if (by_environment) {
        const std::string user = environment("USER").value_or(environment("LOGNAME").value_or(""));
        if (!user.empty()) return user;
    }
    const passwd* entry = ::getpwuid(::getuid());
    return entry == nullptr ? "uid-" + std::to_string(::getuid()) : std::string(entry->pw_name);
}

Result<Settings> read_settings(const SendmailArguments& arguments)
{
    auto file = read_file(arguments);
    if (!file) return std::move(file).error();
    return resolve_settings({.command_line = arguments.settings,
                             .environment = environment,
                             .file = std::move(*file),
                             .envdir = envdir});
}

Result<std::string> read_input(bool ignores_dots)
{
    const bool ends_at_dot = !ignores_dots && ::isatty(STDIN_FILENO) == 1;
    std::string text;
    std::string piece(65536, '\0');
    while (true) {
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Error{ErrorKind::temporary, "read the message", errno};
        if (got == 0) return text;
        text.append(piece, 0, static_cast<std::size_t>(got));
        if (text.size() > kMaxMessageBytes)
            return Error{ErrorKind::refused, "the message is over 256 MiB"};
        const auto before_dot = ends_at_dot ? before_lone_dot(text) : std::string_view(text);
        if (before_dot.size() < text.size()) return std::string(before_dot);
    }
}

}  // namespace postoffice::submit
