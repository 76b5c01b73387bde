#include "common/option_table.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace mail
{
namespace
{

/// CLI11 writes what IsMember takes behind the type: "TEXT:{yes,no}".
std::vector<std::string> choices_in(const std::string& type)
{
    std::vector<std::string> words;
    const std::size_t open = type.find(":{");
    const std::size_t close = type.rfind('}');
    if (open == std::string::npos || close == std::string::npos) return words;
    std::string word;
    for (const char c : type.substr(open + 2, close - open - 2)) {
        if (c != ',') {
            word += c;
            continue;
        }
        words.push_back(std::move(word));
        word.clear();
    }
    words.push_back(std::move(word));
    return words;
}

OptionRow row_of(const CLI::Option& option, const OptionTableRules& rules, bool of_program)
{
    OptionRow row;
    row.is_positional = option.nonpositional() == false;
    if (row.is_positional) row.names.push_back(option.get_name(true));
    for (const std::string& name : option.get_snames()) row.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) row.names.push_back("--" + name);
    row.value = value_word(option);
    row.choices = choices_in(option.get_type_name());
    row.default_value = option.get_default_str();
    row.meaning = option.get_description();
    row.environment = option.get_envname();
    row.is_required = option.get_required();
    row.is_repeatable = option.get_expected_max() > 1;
    row.is_in_file = of_program && !option.get_lnames().empty() &&
                     rules.command_line_only.count(option.get_lnames().front()) == 0;
    row.is_secret = rules.secrets.count(&option) != 0;
    return row;
}

CommandRow command_of(const CLI::App& app, const OptionTableRules& rules, bool is_program)
{
    CommandRow row;
    row.name = app.get_name();
    row.meaning = app.get_description();
    row.footer = app.get_footer();
    row.needs_command = app.get_require_subcommand_min() > 0;
    for (const CLI::Option* option : app.get_options())
        if (!option->get_group().empty()) row.options.push_back(row_of(*option, rules, is_program));
    const auto is_shown = [](const CLI::App* command) {
        return !command->get_group().empty() && !command->get_name().empty();
    };
    for (const CLI::App* command : app.get_subcommands(is_shown))
        row.commands.push_back(command_of(*command, rules, false));
    return row;
}

}  // namespace

std::string OptionRow::stem() const
{
    for (const std::string& name : names)
        if (name.starts_with("--")) return name.substr(2);
    return names.empty() ? std::string() : names.front();
}

std::string value_word(const CLI::Option& option)
{
    if (option.get_type_size() == 0) return {};
    std::string word = option.get_type_name();
    word = word.substr(0, word.find(':'));
    return word == "UINT" || word == "INT" || word == "FLOAT" ? std::string("N") : word;
}

CommandRow read_option_table(const CLI::App& app, const OptionTableRules& rules)
{
    return command_of(app, rules, true);
}

}  // namespace mail
