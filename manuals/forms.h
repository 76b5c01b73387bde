/// The forms in which a program's option table is told: sections of a manual page, the example
/// configuration, completion for three shells. All pure: a table in, text out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/option_table.h"

namespace manuals
{

/// The table of "postoffice", "postmaster" or "postman", as the program itself declares it.
[[nodiscard]] std::optional<mail::CommandRow> table_of(std::string_view program);

/// Plain text for a man(7) page, on one line: what means something to roff is escaped, what is not
/// ASCII becomes \[uXXXX].
[[nodiscard]] std::string roff(std::string_view text);

/// Where the whole prose of a template is: escapes only what is not ASCII.
[[nodiscard]] std::string ascii_roff(std::string_view text);

/// A template with its marks replaced: @SYNOPSIS@, @OPTIONS@, @COMMANDS@ and @FILE_OPTIONS@ on
/// lines of their own, @NAME@, @UPPER_NAME@, @MEANING@ and @VERSION@ anywhere.
[[nodiscard]] std::string manual_page(const mail::CommandRow& program, std::string_view page);

/// A hand-written example configuration, with the options that it does not tell of yet at its end,
/// each with its default behind a #.
[[nodiscard]] std::string example(const mail::CommandRow& program, std::string_view written);

[[nodiscard]] std::string bash_completion(const mail::CommandRow& program);
[[nodiscard]] std::string zsh_completion(const mail::CommandRow& program);
[[nodiscard]] std::string fish_completion(const mail::CommandRow& program);

// What the three shells share.

/// What may stand behind an option, or in a positional's place.
enum class Kind { none, words, file, directory, text };
[[nodiscard]] Kind kind_of(const mail::OptionRow& option);
/// The words between `separator`.
[[nodiscard]] std::string joined(const std::vector<std::string>& words, std::string_view separator);
/// In single quotes for a shell.
[[nodiscard]] std::string quoted(std::string_view text);
/// Of all commands below `row`: the words that lead to it and the command, parents first.
struct CommandPath {
    std::vector<std::string> words;  // "queue", "held"; empty: the program itself
    const mail::CommandRow* row;
};
[[nodiscard]] std::vector<CommandPath> command_paths(const mail::CommandRow& program);
/// The options that may stand behind a command: its own, then the program's but for those of the
/// same name and its positionals.
[[nodiscard]] std::vector<const mail::OptionRow*> options_at(const CommandPath& path,
                                                             const mail::CommandRow& program);

}  // namespace manuals
