/// `postmaster origin`: what must not show, and in which forms it is looked for; what may belong
/// there, too.
#pragma once

#include "postmaster/command_line.h"

namespace postmaster
{

/// returns  0; 64 a domain or the resolver is none; 78 the settings are unsound; 75 the report
///          cannot be read
/// blocks   for name servers, where domains are given
[[nodiscard]] int run_origin(const CommandLine& command, const Settings& settings);

}  // namespace postmaster
