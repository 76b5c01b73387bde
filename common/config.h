/// Command line, environment and configuration file in one (CLI11), the same way in all three
/// programs.
///
/// Order: command line, environment (PREFIX_LONG_OPTION), file (`name = value`, the long options'
/// names, # comments), default. A repeatable option is given on several lines. Unknown names are
/// errors with a suggestion. Every program has --help, --version, --config FILE, --check-config and
/// --print-config, and the log options --log-format, --log-level, --log-mask,
/// --syslog and --quiet.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/exit_codes.h"
#include "common/log.h"
#include "common/result.h"

namespace CLI
{
class App;
class Option;
}  // namespace CLI

namespace mail
{

struct CommandRow;

/// One `name = value` line of a configuration file.
struct ConfigLine {
    int line = 0;  // from 1
    std::string name;
    std::string value;
};

/// Pure. errors  malformed: with the line's number: no `=`, an unsound name, an unclosed quote,
/// NUL, a line over 64 KiB. Values may be in double quotes; a # outside quotes after white space
/// starts a comment.
[[nodiscard]] Result<std::vector<ConfigLine>> parse_config(std::string_view text);

/// The known name nearest to `name`, if it is near enough to be a slip.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name,
                                                      const std::vector<std::string>& known);

/// A program's options: declare them on app(), then parse() once.
///
///     Options options("postoffice", "catches mail over SMTP and makes it durable", "POSTOFFICE");
///     options.app().add_option("--spool", spool, "the spool directory")->capture_default_str();
///     if (auto exit_code = options.parse(argc, argv)) return *exit_code;
class Options
{
public:
    Options(std::string program, std::string description, std::string environment_prefix);
    ~Options();

    CLI::App& app();
    /// --print-config shows ******** for it, and it is not taken from the environment.
    void mark_secret(CLI::Option* option);
    /// Runs after parsing and before --check-config answers: checks that need several options.
    /// Returns what is wrong, or nothing.
    void add_check(std::function<std::optional<std::string>()> check);

    /// Parses, configures the log, answers --help, --version, --check-config and --print-config.
    /// Returns the exit code when the program should end now (0, 64 usage, 78 configuration file).
    [[nodiscard]] std::optional<int> parse(int argc, char** argv);

    /// Everything that is declared, the common options too: option_table.h. Instead of parse().
    [[nodiscard]] CommandRow table();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// "HOST:PORT", "[v6]:PORT" or "HOST PORT" parts -> host and port.
struct HostPort {
    std::string host;  // without brackets
    unsigned short port = 0;
};
[[nodiscard]] Result<HostPort> parse_host_port(std::string_view text);

/// The program's version, from CMake.
[[nodiscard]] std::string_view version();

/// A secret from a file, its trailing line end removed. Also looks in $CREDENTIALS_DIRECTORY when
/// `path` has no slash. errors  refused: readable by others than its owner and group
[[nodiscard]] Result<std::string> read_secret(const std::string& path);
/// The whole file, for one that holds several. errors  as above; malformed: empty, or over 64 KiB
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

}  // namespace mail
