/// The program around the service: opens the spool, listens, tells systemd, obeys signals.
#pragma once

#include "postmaster/settings.h"

namespace postmaster
{

/// Blocks SIGTERM, SIGINT and SIGHUP for all threads that start later (run() waits for them), and
/// ignores SIGPIPE and SIGXFSZ: both are errors of a write, and answered as such. Call it in main
/// before run().
void take_signals();

/// Serves until SIGTERM or SIGINT; SIGHUP rereads the users file. Returns the exit code.
[[nodiscard]] int run(const Settings& settings);

}  // namespace postmaster
