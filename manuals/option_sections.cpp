#include "manuals/option_sections.h"

#include <algorithm>
#include <sstream>

#include "manuals/forms.h"

namespace manuals
{
namespace
{

using mail::CommandRow;
using mail::OptionRow;

std::string bold(const std::string& text)
{
    return "\\fB" + roff(text) + "\\fR";
}

std::string italic(const std::string& text)
{
    return "\\fI" + roff(text) + "\\fR";
}

bool is_help(const OptionRow& option)
{
    return option.stem() == "help";
}

/// Begins with a word of prose: not with a name, a form of the value, or one of its choices.
bool begins_with_prose(const std::string& text, const std::vector<std::string>& choices)
{
    const std::string word = text.substr(0, text.find(' '));
    return word.size() < text.size() &&
           word.find_first_not_of("abcdefghijklmnopqrstuvwxyz'") == std::string::npos &&
           std::find(choices.begin(), choices.end(), word) == choices.end();
}

/// "text" as a sentence: a capital in front, closed by a stop.
std::string sentence(std::string text, const std::vector<std::string>& choices = {})
{
    if (text.empty()) return text;
    if (begins_with_prose(text, choices))
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    const char last = text.back();
    if (last != '.' && last != '?' && last != '!') text += '.';
    return text;
}

/// What --help puts around the meaning: the words taken, the default, whether it may be repeated.
std::string description(const OptionRow& option)
{
    std::string text = roff(sentence(option.meaning, option.choices));
    if (!option.choices.empty()) text += "\nOne of " + bold(joined(option.choices, ", ")) + ".";
    if (!option.default_value.empty()) text += "\nDefault: " + bold(option.default_value) + ".";
    if (option.is_required && !option.is_positional) text += "\nRequired.";
    if (option.is_repeatable && option.meaning.find("repeat") == std::string::npos)
        text += "\nMay be repeated.";
    if (option.is_secret)
        text += roff("\nA secret: not taken from the environment, masked by --print-config.");
    return text + "\n";
}

std::string heading(const OptionRow& option)
{
    if (option.is_positional) {
        const bool tells_more = !option.value.empty() && option.value != "TEXT";
        return italic(option.names.front()) +
               (tells_more ? " (" + italic(option.value) + ")" : "") +
               (option.is_repeatable ? " ..." : "");
    }
    std::string names;
    for (const std::string& name : option.names)
        names.append(names.empty() ? "" : ", ").append(bold(name));
    return option.value.empty() ? names : names + " " + italic(option.value);
}

std::string entry(const OptionRow& option)
{
    return ".TP\n" + heading(option) + "\n" + description(option);
}

std::string usage(const std::string& path, const CommandRow& row)
{
    std::string text = bold(path);
    bool has_options = false;
    for (const OptionRow& option : row.options)
        has_options |= !option.is_positional && !is_help(option);
    if (has_options) text += " [" + italic("option") + "]...";
    for (const OptionRow& option : row.options) {
        if (!option.is_positional) continue;
        const std::string word = italic(option.names.front()) + (option.is_repeatable ? "..." : "");
        text += option.is_required ? " " + word : " [" + word + "]";
    }
    if (row.needs_command) text += " " + italic("command") + " ...";
    return text;
}

/// A footer's lines flow together; what says the exit codes begins a paragraph.
std::string paragraphs(const std::string& footer)
{
    std::string text;
    std::istringstream lines(footer);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        if (line.starts_with("Exit:")) text += ".PP\n";
        text += roff(line) + "\n";
    }
    return text.empty() ? text : ".PP\n" + (text.starts_with(".PP\n") ? text.substr(4) : text);
}

void add_command(std::string& text, const std::string& parent, const CommandRow& row)
{
    const std::string path = parent + " " + row.name;
    text += ".SS \"" + roff(path) + "\"\n" + usage(path, row) + "\n.PP\n" +
            roff(sentence(row.meaning)) + "\n" + paragraphs(row.footer);
    for (const OptionRow& option : row.options)
        if (!is_help(option)) text += entry(option);
    for (const CommandRow& below : row.commands) add_command(text, path, below);
}

void add_usage(std::string& text, const std::string& parent, const CommandRow& row)
{
    const std::string path = parent.empty() ? row.name : parent + " " + row.name;
    if (!row.needs_command) text += (text.empty() ? "" : ".br\n") + usage(path, row) + "\n";
    for (const CommandRow& below : row.commands) add_usage(text, path, below);
}

}  // namespace

std::string synopsis_section(const CommandRow& program)
{
    std::string text;
    add_usage(text, "", program);
    return text;
}

std::string options_section(const CommandRow& program)
{
    std::string text;
    for (const OptionRow& option : program.options) text += entry(option);
    return text;
}

std::string commands_section(const CommandRow& program)
{
    std::string text;
    for (const CommandRow& command : program.commands) add_command(text, program.name, command);
    return text;
}

std::string file_section(const CommandRow& program)
{
    std::string text;
    for (const OptionRow& option : program.options) {
        if (!option.is_in_file) continue;
        const std::string value = option.value.empty() ? "true|false" : option.value;
        text += ".TP\n" + bold(option.stem()) + " = " + italic(value) + "\n" + description(option);
    }
    return text;
}

}  // namespace manuals
