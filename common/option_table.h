/// A program's options and commands as data, read off their declarations: what its manual, its
/// example configuration and its completion are made from (manuals/), so that none of them can tell
/// of an option that is not there. What an option does is not in it.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace CLI
{
class App;
class Option;
}  // namespace CLI

namespace mail
{

struct OptionRow {
    std::vector<std::string> names;  // "--quiet", "-f"; of a positional its one word, "FILE"
    std::string value;  // what it takes, in capitals: "DIR", "FILE", "N", "TEXT"; empty: a flag
    std::vector<std::string> choices;  // where only these words are taken
    std::string default_value;
    std::string meaning;
    std::string environment;  // the variable's name; empty: none
    bool is_positional = false;
    bool is_required = false;
    bool is_repeatable = false;
    bool is_in_file = false;  // as `name = value`, the first long name without its dashes
    bool is_secret = false;

    /// The first long name without dashes, else the first name.
    std::string stem() const;
};

/// A program, or a command of it, with the commands below.
struct CommandRow {
    std::string name;
    std::string meaning;
    std::string footer;  // what --help ends with
    bool needs_command = false;
    std::vector<OptionRow> options;  // in the order of --help; --help itself last but for its kin
    std::vector<CommandRow> commands;
};

struct OptionTableRules {
    std::set<std::string> command_line_only;  // long names that no file takes
    std::set<const CLI::Option*> secrets;
};

/// `app` with everything declared. Hidden options and commands (CLI11's empty group) are left out.
[[nodiscard]] CommandRow read_option_table(const CLI::App& app, const OptionTableRules& rules);

/// What --help calls an option's value: its type's word, "N" for whole numbers; empty for a flag.
[[nodiscard]] std::string value_word(const CLI::Option& option);

}  // namespace mail
