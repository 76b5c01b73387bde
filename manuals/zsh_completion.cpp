#include "manuals/forms.h"

namespace manuals
{
namespace
{

using mail::CommandRow;
using mail::OptionRow;

/// What _arguments and _describe take for syntax, escaped.
std::string plain(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == ':' || c == '[' || c == ']' || c == '\\' || c == '(' || c == ')' || c == '"' ||
            c == '$' || c == '`')
            out += '\\';
        out += c;
    }
    return out;
}

std::string action(const OptionRow& option)
{
    switch (kind_of(option)) {
        case Kind::words:
            return "(" + joined(option.choices, " ") + ")";
        case Kind::file:
            return "_files";
        case Kind::directory:
            return "_files -/";
        case Kind::none:
        case Kind::text:
            break;
    }
    return " ";
}

/// "--spool=" for what takes a value, "-f+" likewise, "--quiet" for a flag.
std::string name_spec(const std::string& name, bool has_value)
{
    if (!has_value) return name;
    return name + (name.starts_with("--") ? "=" : "+");
}

std::string option_spec(const OptionRow& option)
{
    const bool has_value = !option.value.empty();
    std::string tail = "[" + plain(option.meaning) + "]";
    if (has_value) tail += ":" + plain(option.value) + ":" + action(option);
    const std::string all = joined(option.names, " ");
    std::string text;
    for (const std::string& name : option.names) {
        const std::string before = option.is_repeatable ? "*" : "(" + all + ")";
        text += "        " + quoted(before + name_spec(name, has_value) + tail) + " \\\n";
    }
    return text;
}

std::string positional_spec(const OptionRow& option)
{
    const std::string place = option.is_repeatable ? "*:" : option.is_required ? ":" : "::";
    return "        " + quoted(place + plain(option.names.front()) + ":" + action(option)) +
           " \\\n";
}

std::string function_name(const CommandRow& program, const std::vector<std::string>& words)
{
    std::string name = "_" + program.name;
    for (const std::string& word : words) name += "__" + word;
    return name;
}

std::string command_list(const CommandRow& row)
{
    std::string text;
    for (const CommandRow& command : row.commands)
        text += "        " + quoted(command.name + ":" + command.meaning) + "\n";
    return text;
}

/// A level with commands below it: the first word chooses, the rest is the chosen one's.
std::string branching(const CommandPath& path, const CommandRow& program)
{
    std::string text =
        "    local line state state_descr context\n    typeset -A opt_args\n"
        "    local -a commands\n    commands=(\n" +
        command_list(*path.row) + "    )\n    _arguments -S -C \\\n";
    for (const OptionRow* option : options_at(path, program))
        if (!option->is_positional) text += option_spec(*option);
    text +=
        "        '1: :->command' \\\n        '*:: :->rest' && return\n    case $state in\n"
        "    command) _describe command commands ;;\n    rest)\n        case $line[1] in\n";
    for (const CommandRow& command : path.row->commands) {
        std::vector<std::string> words = path.words;
        words.push_back(command.name);
        text += "        " + command.name + ") " + function_name(program, words) + " ;;\n";
    }
    return text + "        esac\n        ;;\n    esac\n";
}

std::string leaf(const CommandPath& path, const CommandRow& program)
{
    std::string text = "    _arguments -S \\\n";
    for (const OptionRow* option : options_at(path, program))
        text += option->is_positional ? positional_spec(*option) : option_spec(*option);
    return text.substr(0, text.size() - 3) + "\n";  // without the last " \"
}

}  // namespace

std::string zsh_completion(const CommandRow& program)
{
    std::string text =
        "#compdef " + program.name + "\n# zsh completion, made from the option table\n";
    for (const CommandPath& path : command_paths(program)) {
        text += "\n" + function_name(program, path.words) + "()\n{\n";
        text += path.row->commands.empty() ? leaf(path, program) : branching(path, program);
        text += "}\n";
    }
    return text + "\n_" + program.name + " \"$@\"\n";
}

}  // namespace manuals
