/// What the completions for the three shells share.
#include <algorithm>

#include "manuals/forms.h"

namespace manuals
{
namespace
{

using mail::CommandRow;
using mail::OptionRow;

void add_paths(std::vector<CommandPath>& paths, const CommandPath& at)
{
    paths.push_back(at);
    for (const CommandRow& command : at.row->commands) {
        CommandPath below{at.words, &command};
        below.words.push_back(command.name);
        add_paths(paths, below);
    }
}

bool shares_name(const OptionRow& a, const OptionRow& b)
{
    return std::any_of(a.names.begin(), a.names.end(), [&](const std::string& name) {
        return std::find(b.names.begin(), b.names.end(), name) != b.names.end();
    });
}

}  // namespace

Kind kind_of(const OptionRow& option)
{
    if (!option.choices.empty()) return Kind::words;
    const std::string& word =
        option.is_positional && option.value.empty() ? option.names.front() : option.value;
    if (word == "FILE" || word == "SOCKET") return Kind::file;
    if (word == "DIR") return Kind::directory;
    return word.empty() ? Kind::none : Kind::text;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator)
{
    std::string text;
    for (const std::string& word : words)
        text.append(text.empty() ? std::string_view() : separator).append(word);
    return text;
}

std::string quoted(std::string_view text)
{
    std::string out = "'";
    for (const char c : text) out.append(c == '\'' ? "'\\''" : std::string(1, c));
    return out + "'";
}

std::vector<CommandPath> command_paths(const CommandRow& program)
{
    std::vector<CommandPath> paths;
    add_paths(paths, {{}, &program});
    return paths;
}

std::vector<const OptionRow*> options_at(const CommandPath& path, const CommandRow& program)
{
    std::vector<const OptionRow*> options;
    for (const OptionRow& option : path.row->options) options.push_back(&option);
    if (path.row == &program) return options;
    const std::size_t own = options.size();
    for (const OptionRow& option : program.options) {
        const bool is_hidden =
            std::any_of(options.begin(), options.begin() + own,
                        [&](const auto* mine) { return shares_name(*mine, option); });
        if (!option.is_positional && !is_hidden) options.push_back(&option);
    }
    return options;
}

}  // namespace manuals
