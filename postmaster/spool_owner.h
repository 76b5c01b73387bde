/// Whose the spool is: a command that root gives must not leave files there that are root's.
#pragma once

#include <string>

#include "common/result.h"

namespace postmaster
{

/// Where root runs and the directory is another user's, goes on as that user, for good.
/// errors  missing: no such directory; temporary: with the system's words
[[nodiscard]] mail::Result<mail::Done> become_owner_of(const std::string& directory);

}  // namespace postmaster
