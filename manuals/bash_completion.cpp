#include "manuals/forms.h"

namespace manuals
{
namespace
{

using mail::CommandRow;
using mail::OptionRow;

/// compgen's words for what may stand there.
std::string generator(const OptionRow& option)
{
    switch (kind_of(option)) {
        case Kind::words:
            return "-W " + quoted(joined(option.choices, " "));
        case Kind::file:
            return "-f";
        case Kind::directory:
            return "-d";
        case Kind::none:
        case Kind::text:
            break;
    }
    return {};
}

/// One case of `$command $prev`, where an option wants a value.
std::string value_case(const std::string& command, const OptionRow& option)
{
    if (option.is_positional || option.value.empty()) return {};
    std::vector<std::string> patterns;
    for (const std::string& name : option.names) patterns.push_back(quoted(command + " " + name));
    const std::string words = generator(option);
    const std::string body = words.empty() ? "" : "_@PROGRAM@_reply " + words + "; ";
    return "        " + joined(patterns, " | ") + ") " + body + "return ;;\n";
}

/// One case of `$command`, where none does: options, commands, and what a positional may be.
std::string word_case(const CommandPath& path, const CommandRow& program)
{
    std::vector<std::string> options, commands;
    std::string positional;
    for (const OptionRow* option : options_at(path, program)) {
        if (option->is_positional)
            positional = generator(*option);
        else
            options.insert(options.end(), option->names.begin(), option->names.end());
    }
    for (const CommandRow& command : path.row->commands) commands.push_back(command.name);
    std::string text = "        " + quoted(joined(path.words, " ")) +
                       ")\n            options=" + quoted(joined(options, " ")) + "\n";
    if (!commands.empty()) text += "            words=" + quoted(joined(commands, " ")) + "\n";
    if (!positional.empty()) text += "            places=" + quoted(positional) + "\n";
    return text + "            ;;\n";
}

constexpr std::string_view kMark = "@PROGRAM@";

std::string with_name(std::string text, const std::string& name)
{
    for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1))
        text.replace(at, kMark.size(), name);
    return text;
}

constexpr const char* kHead = R"(# bash completion for @PROGRAM@, made from its option table

_@PROGRAM@_reply()
{
    case $1 in -f | -d) compopt -o filenames 2>/dev/null ;; esac
    mapfile -t COMPREPLY < <(compgen "$@" -- "$cur")
}

_@PROGRAM@()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' options='' words='' places='' i
    COMPREPLY=()
    # --option=value comes as three words.
    if [[ $cur == = ]]; then
        cur=''
    elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
)";

}  // namespace

std::string bash_completion(const CommandRow& program)
{
    std::string commands, values, words;
    for (const CommandPath& path : command_paths(program)) {
        const std::string command = joined(path.words, " ");
        if (!path.words.empty()) {
            const std::vector<std::string> parent(path.words.begin(), path.words.end() - 1);
            commands += "            " + quoted(joined(parent, " ") + "/" + path.words.back()) +
                        ") command=" + quoted(command) + " ;;\n";
        }
        for (const OptionRow* option : options_at(path, program))
            values += value_case(command, *option);
        words += word_case(path, program);
    }
    std::string text = kHead;
    if (!commands.empty())
        text +=
            "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
            "        case $command/${COMP_WORDS[i]} in\n" +
            commands + "        esac\n    done\n";
    text += "    case \"$command $prev\" in\n" + values + "    esac\n";
    text += "    case $command in\n" + words + "    esac\n";
    text +=
        "    if [[ $cur == -* ]]; then\n"
        "        _@PROGRAM@_reply -W \"$options\"\n"
        "    elif [[ $words ]]; then\n"
        "        _@PROGRAM@_reply -W \"$words\"\n"
        "    elif [[ $places ]]; then\n"
        "        _@PROGRAM@_reply $places\n"
        "    else\n"
        "        _@PROGRAM@_reply -W \"$options\"\n"
        "    fi\n"
        "} &&\n"
        "    complete -F _@PROGRAM@ @PROGRAM@\n";
    return with_name(std::move(text), program.name);
}

}  // namespace manuals
