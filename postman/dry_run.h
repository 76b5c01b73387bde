/// The run of --dry-run: wires the endpoints, the way out and a look at the ledger, takes no lock
/// and makes no file.
#pragma once

#include "postman/options.h"

namespace postman
{

/// returns  0; 75 an endpoint could not be asked, or the ledger not read; 78 the configuration does
///          not work
[[nodiscard]] int run_dry(const PostmanOptions& options);

}  // namespace postman
