/// The sections of a manual page that come from the option table, as man(7) source.
#pragma once

#include <string>

#include "common/option_table.h"

namespace manuals
{

/// One line for the program, one for each command.
[[nodiscard]] std::string synopsis_section(const mail::CommandRow& program);
/// The program's own options: .TP each.
[[nodiscard]] std::string options_section(const mail::CommandRow& program);
/// .SS for each command and the commands below it, with their options.
[[nodiscard]] std::string commands_section(const mail::CommandRow& program);
/// What may stand in the configuration file: .TP each.
[[nodiscard]] std::string file_section(const mail::CommandRow& program);

}  // namespace manuals
