/// `postmaster queue …`: asks the postmaster that runs, or takes the spool's lock and does it here.
#pragma once

#include "postmaster/command_line.h"

namespace postmaster
{

/// returns  as QueueCommands::run; 75 while a postmaster starts or stops, 77 the spool is another
///          user's, 78 the settings are unsound
/// blocks   for the answer, or for disk
[[nodiscard]] int run_queue(const CommandLine& command, const Settings& settings);

}  // namespace postmaster
