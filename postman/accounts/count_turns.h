/// Whose turn it is to read and write the counts: a lock on a file beside them, for all processes
/// that send by the same accounts (the courier, `postman pickup`, `postman send`).
#pragma once

#include <string>

#include "postman/accounts/account_counts.h"

namespace postman
{

/// path  of the counts; the lock is PATH.lock, and nothing is ever in it. What root makes there
///       becomes the directory's owner's, or the courier could not read it
/// The turns' errors  temporary: it cannot be opened, or somebody held it for 10 s
[[nodiscard]] CountTurns turns_of(std::string path);

}  // namespace postman
