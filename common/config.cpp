#include "common/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

namespace mail
{
namespace
{

/// Options that make no sense in a file.
const std::set<std::string> kCommandLineOnly = {"help", "version", "config", "check-config",
                                                "print-config"};

std::string long_name(const CLI::Option& option)
{
    return option.get_lnames().empty() ? std::string() : option.get_lnames().front();
}

std::string environment_name(const std::string& prefix, std::string name)
{
    for (char& c : name)
        c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return prefix + "_" + name;
}

bool is_set_in_environment(const CLI::Option& option)
{
    const char* value =
        option.get_envname().empty() ? nullptr : std::getenv(option.get_envname().c_str());
    return value != nullptr && *value != '\0';
}

/// Our grammar behind CLI11's reading of the file; the environment goes before the file.
class FileFormat final : public CLI::Config
{
public:
    explicit FileFormat(const CLI::App& app) : app_(app) {}

    std::vector<ConfigLine> lines;  // as read, for messages with a line number

    std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override
    {
        const std::string text(std::istreambuf_iterator<char>(input), {});
        auto parsed = parse_config(text);
        if (!parsed) throw CLI::ConfigError(parsed.error().step);
        const_cast<FileFormat*>(this)->lines = *parsed;  // CLI11 calls this on a const object
        std::map<std::string, CLI::ConfigItem> by_name;
        for (const ConfigLine& line : *parsed) add(by_name, line);
        std::vector<CLI::ConfigItem> list;
        for (auto& [name, item] : by_name) list.push_back(std::move(item));
        return list;
    }

private:
    void add(std::map<std::string, CLI::ConfigItem>& by_name, const ConfigLine& line) const
    {
        const CLI::Option* option = kCommandLineOnly.count(line.name)
                                        ? nullptr
                                        : app_.get_option_no_throw("--" + line.name);
        if (option == nullptr) throw CLI::ConfigError(unknown(line));
        if (is_set_in_environment(*option)) return;
        CLI::ConfigItem& item = by_name[line.name];
        if (!item.inputs.empty() && option->get_expected_max() <= 1)
            throw CLI::ConfigError("line " + std::to_string(line.line) + ": " + line.name +
                                   " is given twice");
        item.name = line.name;
        item.inputs.push_back(line.value);
    }

    std::string unknown(const ConfigLine& line) const
    {
        std::string message = "line " + std::to_string(line.line) + ": unknown name " + line.name;
        std::vector<std::string> known;
        for (const CLI::Option* option : app_.get_options())
            if (!kCommandLineOnly.count(long_name(*option))) known.push_back(long_name(*option));
        if (const auto near = nearest_name(line.name, known))
            message += " (did you mean " + *near + "?)";
        return message;
    }

    const CLI::App& app_;
};

/// CLI11's help without the environment's names and the ranges: it fits a screen.
class HelpText final : public CLI::Formatter
{
public:
    HelpText() { column_width(34); }

    std::string make_option_opts(const CLI::Option* option) const override
    {
        if (option->get_type_size() == 0) return {};
        std::string type = option->get_type_name();
        type = type.substr(0, type.find(':'));
        std::string text = " " + (type == "UINT" || type == "INT" ? std::string("N") : type);
        if (!option->get_default_str().empty()) text += "=" + option->get_default_str();
        if (option->get_expected_max() > 1) text += " ...";
        return text;
    }
};

}  // namespace

struct Options::State {
    State(std::string program_name, std::string description, std::string prefix)
        : program(std::move(program_name)),
          environment_prefix(std::move(prefix)),
          app(std::move(description), program)
    {
        app.formatter(std::make_shared<HelpText>());
    }

    std::string program;
    std::string environment_prefix;
    CLI::App app;
    std::shared_ptr<FileFormat> file;
    std::set<const CLI::Option*> secrets;
    std::vector<std::function<std::optional<std::string>()>> checks;
    bool check_config = false;
    bool print_config = false;
    bool syslog = false;
    bool quiet = false;
    std::string log_format = "text";
    std::string log_level = "info";

    void add_common_options();
    void prepare();
    int report(const CLI::Error& error, int argc, char** argv);
    bool blames_file(const std::string& message, int argc, char** argv) const;
    std::string with_suggestion(const std::string& message) const;
    std::string config_path() const { return app.get_config_ptr()->as<std::string>(); }
    void print() const;
    void configure_log() const;
};

/// The options that every program has; they come last in --help.
void Options::State::add_common_options()
{
    app.set_version_flag("--version", program + " " + std::string(mail::version()),
                         "the version, then exit");
    app.set_help_flag("-h,--help", "this text, then exit");
    app.add_flag("--check-config", check_config, "check the configuration, then exit (0, or 78)");
    app.add_flag("--print-config", print_config, "print the effective configuration, then exit");
    app.add_option("--log-format", log_format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_option("--log-level", log_level, "debug, info, warning or error")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->capture_default_str();
    app.add_flag("--syslog", syslog, "log to syslog, facility mail");
    app.add_flag("--quiet", quiet, "log warnings and errors only");
}

/// The file and the environment, once all options are declared.
void Options::State::prepare()
{
    add_common_options();
    file = std::make_shared<FileFormat>(app);
    app.config_formatter(file);
    const std::string path = "/etc/postoffice/" + program + ".conf";
    app.set_config("--config", path, "the configuration file")->type_name("FILE");
    app.footer(
        "Each option may also stand in the configuration file (name = value) or in the\n"
        "environment (" +
        environment_name(environment_prefix, "name") + "). The command line goes before both.");
    for (CLI::Option* option : app.get_options()) {
        const std::string name = long_name(*option);
        const bool in_environment = !name.empty() && !secrets.count(option) &&
                                    (name == "config" || !kCommandLineOnly.count(name));
        if (in_environment) option->envname(environment_name(environment_prefix, name));
        // One value an occurrence, however often: `--allow A HOST PORT` must leave HOST alone.
        if (option->get_expected_max() > 1 && !name.empty()) option->allow_extra_args(false);
    }
}

std::string Options::State::with_suggestion(const std::string& message) const
{
    const auto start = message.find("--");
    if (start == std::string::npos) return message;
    const auto end = message.find_first_of(" =:", start);
    const std::string given =
        message.substr(start + 2, end == std::string::npos ? end : end - start - 2);
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options()) known.push_back(long_name(*option));
    if (std::find(known.begin(), known.end(), given) != known.end()) return message;
    const auto near = nearest_name(given, known);
    return near ? message + " (did you mean --" + *near + "?)" : message;
}

/// Where the message is about an option that stands in the file and not on the command line: says
/// it with the file's line.
bool Options::State::blames_file(const std::string& message, int argc, char** argv) const
{
    for (const ConfigLine& line : file->lines) {
        const std::string option = "--" + line.name;
        const bool on_command_line = std::any_of(argv + 1, argv + argc, [&](const char* argument) {
            return std::string_view(argument).substr(0, option.size()) == option;
        });
        if (on_command_line || message.find(option) == std::string::npos) continue;
        std::cerr << program << ": " << config_path() << ": line " << line.line << ": " << message
                  << "\n";
        return true;
    }
    return false;
}

/// Says what is wrong, where, and what to do; returns the exit code.
int Options::State::report(const CLI::Error& error, int argc, char** argv)
{
    const std::string message = error.what();
    const bool is_file_error = dynamic_cast<const CLI::ConfigError*>(&error) != nullptr ||
                               dynamic_cast<const CLI::FileError*>(&error) != nullptr;
    if (is_file_error) {
        std::cerr << program << ": " << config_path() << ": " << message << "\n";
        return kExitConfiguration;
    }
    if (blames_file(message, argc, argv)) return kExitConfiguration;
    std::cerr << program << ": " << with_suggestion(message) << "\n"
              << "Try '" << program << " --help'.\n";
    return kExitUsage;
}

void Options::State::print() const
{
    for (const CLI::Option* option : app.get_options()) {
        const std::string name = long_name(*option);
        if (name.empty() || kCommandLineOnly.count(name)) continue;
        if (secrets.count(option)) {
            if (option->count() != 0) std::cout << name << " = ********\n";
        } else if (option->get_expected_max() == 0) {
            std::cout << name << " = "
                      << (option->count() != 0 && option->as<bool>() ? "true" : "false") << "\n";
        } else if (option->count() != 0) {
            for (const std::string& value : option->results())
                std::cout << name << " = \"" << value << "\"\n";
        } else if (!option->get_default_str().empty()) {
            std::cout << name << " = \"" << option->get_default_str() << "\"\n";
        } else {
            std::cout << "# " << name << " is not set\n";
        }
    }
}

void Options::State::configure_log() const
{
    log::Options chosen;
    chosen.program = program;
    chosen.syslog = syslog;
    chosen.timestamps = std::getenv("JOURNAL_STREAM") == nullptr;
    chosen.format = log_format == "json" ? log::Format::json : log::Format::text;
    chosen.least = log_level == "debug"     ? log::Level::debug
                   : log_level == "warning" ? log::Level::warning
                   : log_level == "error"   ? log::Level::error
                                            : log::Level::info;
    if (quiet) chosen.least = std::max(chosen.least, log::Level::warning);
    log::configure(chosen);
}

Options::Options(std::string program, std::string description, std::string environment_prefix)
    : state_(std::make_unique<State>(std::move(program), std::move(description),
                                     std::move(environment_prefix)))
{
}

Options::~Options() = default;

CLI::App& Options::app()
{
    return state_->app;
}

void Options::mark_secret(CLI::Option* option)
{
    state_->secrets.insert(option);
}

void Options::add_check(std::function<std::optional<std::string>()> check)
{
    state_->checks.push_back(std::move(check));
}

std::optional<int> Options::parse(int argc, char** argv)
{
    state_->prepare();
    try {
        state_->app.parse(argc, argv);
    } catch (const CLI::Success& help_or_version) {
        return state_->app.exit(help_or_version);
    } catch (const CLI::Error& error) {
        return state_->report(error, argc, argv);
    }
    // CLI11 passes over a default file that it cannot open; what stands in it must not be passed
    // over.
    const std::string file = state_->config_path();
    if (::access(file.c_str(), F_OK) == 0 && ::access(file.c_str(), R_OK) != 0) {
        std::cerr << state_->program << ": " << file << ": cannot be read by this user\n";
        return kExitConfiguration;
    }
    for (const auto& check : state_->checks) {
        if (const auto fault = check()) {
            if (state_->blames_file(*fault, argc, argv)) return kExitConfiguration;
            std::cerr << state_->program << ": " << *fault << "\n";
            return state_->check_config ? kExitConfiguration : kExitUsage;
        }
    }
    if (state_->print_config) state_->print();
    if (state_->print_config) return 0;
    if (state_->check_config) {
        std::cout << state_->program << ": the configuration is sound\n";
        return 0;
    }
    state_->configure_log();
    return std::nullopt;
}

Result<HostPort> parse_host_port(std::string_view text)
{
    const Error malformed{ErrorKind::malformed, "not HOST:PORT: " + std::string(text)};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return malformed;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return Error{ErrorKind::malformed,
                     "an IPv6 address wants brackets, [::1]:25: " + std::string(text)};
    unsigned long number = 0;
    for (const char c : port) {
        if (c < '0' || c > '9' || number > 65535) return malformed;
        number = number * 10 + static_cast<unsigned long>(c - '0');
    }
    if (port.empty() || number == 0 || number > 65535) return malformed;
    return HostPort{std::string(host), static_cast<unsigned short>(number)};
}

std::string_view version()
{
    return MAIL_VERSION;
}

Result<std::string> read_secret(const std::string& path)
{
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const bool by_name = path.find('/') == std::string::npos && credentials != nullptr;
    const std::string file = by_name ? std::string(credentials) + "/" + path : path;
    struct stat status {
    };
    if (::stat(file.c_str(), &status) != 0)
        return Error{ErrorKind::temporary, "read secret file " + file, errno};
    if ((status.st_mode & 0007) != 0)
        return Error{ErrorKind::refused,
                     "secret file " + file + " is open to everyone: chmod 0640 " + file};
    std::ifstream input(file);
    std::string secret;
    if (!std::getline(input, secret) || secret.empty())
        return Error{ErrorKind::malformed, "secret file " + file + " is empty or cannot be read"};
    if (secret.back() == '\r') secret.pop_back();
    return secret;
}

}  // namespace mail
