#include "manuals/forms.h"

namespace manuals
{
namespace
{

using mail::CommandRow;
using mail::OptionRow;

std::string fish_quoted(std::string_view text)
{
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

/// True while the words of `path` stand on the command line, and none of the commands below it.
std::string condition(const CommandPath& path, bool without_below)
{
    std::vector<std::string> terms;
    for (const std::string& word : path.words)
        terms.push_back("__fish_seen_subcommand_from " + word);
    std::vector<std::string> below;
    for (const CommandRow& command : path.row->commands) below.push_back(command.name);
    if (without_below && !below.empty())
        terms.push_back("not __fish_seen_subcommand_from " + joined(below, " "));
    return joined(terms, "; and ");
}

std::string value_spec(const OptionRow& option)
{
    switch (kind_of(option)) {
        case Kind::words:
            return " -x -a " + fish_quoted(joined(option.choices, " "));
        case Kind::file:
            return " -r -F";
        case Kind::directory:
            return " -x -a '(__fish_complete_directories)'";
        case Kind::text:
            return " -x";
        case Kind::none:
            break;
    }
    return {};
}

std::string option_line(const std::string& head, const OptionRow& option)
{
    std::string text = head;
    for (const std::string& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    return text + value_spec(option) + " -d " + fish_quoted(option.meaning) + "\n";
}

std::string positional_line(const std::string& head, const OptionRow& option)
{
    const Kind kind = kind_of(option);
    if (kind == Kind::file) return head + " -F\n";
    if (kind == Kind::directory) return head + " -a '(__fish_complete_directories)'\n";
    return {};
}

}  // namespace

std::string fish_completion(const CommandRow& program)
{
    const std::string start = "complete -c " + program.name;
    std::string text = "# fish completion for " + program.name + ", made from its option table\n" +
                       start + " -f\n";
    for (const CommandPath& path : command_paths(program)) {
        const std::string here = condition(path, false);
        // The program's own options may stand behind a command, too.
        const std::string head = here.empty() ? start : start + " -n " + fish_quoted(here);
        for (const OptionRow& option : path.row->options) {
            if (!path.words.empty() && option.stem() == "help") continue;
            text +=
                option.is_positional ? positional_line(head, option) : option_line(head, option);
        }
        const std::string before = start + " -n " + fish_quoted(condition(path, true));
        for (const CommandRow& command : path.row->commands)
            text += before + " -a " + command.name + " -d " + fish_quoted(command.meaning) + "\n";
    }
    return text;
}

}  // namespace manuals
