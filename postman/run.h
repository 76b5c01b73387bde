/// One run of postman: takes the lock, wires client, ledger and way out, serves all endpoints side
/// by side, and says how it went.
#pragma once

#include "postman/options.h"

namespace postman
{

/// Blocks until the round is over, or with --watch until SIGTERM or SIGINT.
/// returns  the exit code: 0 all well, 75 something is deferred or an endpoint could not be
/// reached,
///          78 the configuration or the way out does not work
[[nodiscard]] int run_postman(const PostmanOptions& options);

}  // namespace postman
