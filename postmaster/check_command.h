/// `postmaster check FILE…`: the verdict on messages, without a spool and without root.
#pragma once

#include "postmaster/command_line.h"

namespace postmaster
{

/// returns  0 clean or cleaned, 1 one would be held, 66 one cannot be read, 78 the settings are
///          unsound
/// blocks   for reading; a message without end takes its time
[[nodiscard]] int run_check(const CommandLine& command, const Settings& settings);

}  // namespace postmaster
