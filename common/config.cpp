#include "common/config.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include "common/config_blame.h"
#include "common/log_mask.h"
#include "common/option_table.h"

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

/// The long names of all options, those of the commands too.
void add_option_names(const CLI::App& app, std::vector<std::string>& names)
{
    for (const CLI::Option* option : app.get_options()) names.push_back(long_name(*option));
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        add_option_names(*command, names);
}

void add_command_names(const CLI::App& app, std::vector<std::string>& names)
{
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
        add_command_names(*command, names);
    }
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
        std::string text = " " + value_word(*option);
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
    bool log_mask = false;
    std::string log_format = "text";
    std::string log_level = "info";

    void add_common_options();
    void add_help_to(CLI::App& command);
    void prepare();
    int report(const CLI::Error& error, int argc, char** argv);
    bool blames_elsewhere(const std::string& message, int argc, char** argv) const;
    std::string with_suggestion(const std::string& message, int argc, char** argv) const;
    std::string with_suggested_command(const std::string& message, int argc, char** argv) const;
    std::string config_path() const { return app.get_config_ptr()->as<std::string>(); }
    void print() const;
    void configure_log() const;
};

/// The options that every program has; they come last in --help.
void Options::State::add_common_options()
{
    app.set_version_flag("--version", program + " " + std::string(mail::version()),
                         "the version, then exit");
    add_help_to(app);
    app.add_flag("--check-config", check_config, "check the configuration, then exit (0, or 78)");
    app.add_flag("--print-config", print_config, "print the effective configuration, then exit");
    app.add_option("--log-format", log_format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_option("--log-level", log_level, "debug, info, warning or error")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->capture_default_str();
    app.add_flag("--log-mask", log_mask, "hide the local parts of addresses in the log");
    app.add_flag("--syslog", syslog, "log to syslog, facility mail");
    app.add_flag("--quiet", quiet, "log warnings and errors only");
}

/// The same words everywhere.
void Options::State::add_help_to(CLI::App& command)
{
    command.set_help_flag("-h,--help", "this text, then exit");
    for (CLI::App* inner : command.get_subcommands([](CLI::App*) { return true; }))
        add_help_to(*inner);
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

/// For a word that is no command: what may have been meant.
std::string Options::State::with_suggested_command(const std::string& message, int argc,
                                                   char** argv) const
{
    std::vector<std::string> known;
    add_command_names(app, known);
    const bool is_about_command = message.find("not expected") != std::string::npos ||
                                  message.find("subcommand is required") != std::string::npos;
    for (int i = 1; is_about_command && i < argc; ++i) {
        const std::string_view word = argv[i];
        const bool is_command = std::find(known.begin(), known.end(), word) != known.end();
        const auto near = nearest_name(word, known);
        if (!word.starts_with('-') && !is_command && near)
            return message + " (did you mean " + *near + "?)";
    }
    return message;
}

std::string Options::State::with_suggestion(const std::string& message, int argc, char** argv) const
{
    const auto start = message.find("--");
    if (start == std::string::npos) return with_suggested_command(message, argc, argv);
    const auto end = message.find_first_of(" =:", start);
    const std::string given =
        message.substr(start + 2, end == std::string::npos ? end : end - start - 2);
    std::vector<std::string> known;
    add_option_names(app, known);
    if (std::find(known.begin(), known.end(), given) != known.end()) return message;
    const auto near = nearest_name(given, known);
    return near ? message + " (did you mean --" + *near + "?)" : message;
}

/// Where the message is about an option of the environment or of the file, and not of the command
/// line: says it with the variable's name, or with the file's line.
bool Options::State::blames_elsewhere(const std::string& message, int argc, char** argv) const
{
    std::vector<ConfigLine> candidates;
    const auto add = [&](const ConfigLine& line) {
        const bool is_overridden = std::any_of(argv + 1, argv + argc, [&](const char* argument) {
            return gives_option(argument, line.name);
        });
        if (!is_overridden) candidates.push_back(line);
    };
    for (const CLI::Option* option : app.get_options())
        if (is_set_in_environment(*option))
            add({0, long_name(*option), std::getenv(option->get_envname().c_str())});
    for (const ConfigLine& line : file->lines) add(line);
    const ConfigLine* blamed = line_to_blame(message, candidates);
    if (blamed == nullptr) return false;
    std::cerr << program << ": ";
    if (blamed->line == 0)
        std::cerr << "environment, " << environment_name(environment_prefix, blamed->name);
    else
        std::cerr << config_path() << ": line " << blamed->line;
    std::cerr << ": " << message << "\n";
    return true;
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
    if (blames_elsewhere(message, argc, argv)) return kExitConfiguration;
    std::cerr << program << ": " << with_suggestion(message, argc, argv) << "\n"
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
    if (log_mask) chosen.mask_key = log::machine_mask_key();
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

CommandRow Options::table()
{
    state_->prepare();
    return read_option_table(state_->app, {kCommandLineOnly, state_->secrets});
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
            if (state_->blames_elsewhere(*fault, argc, argv)) return kExitConfiguration;
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

std::string_view version()
{
    return MAIL_VERSION;
}

}  // namespace mail
