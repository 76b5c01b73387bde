/// Root goes on as the state directory's owner, so that no token file becomes root's and is closed
/// to the courier.
#pragma once

#include <string>

#include "common/result.h"

namespace postman::oauth
{

/// Nothing for anybody but root, and where the directory is root's or is not there.
/// errors  refused: the system does not let go
[[nodiscard]] mail::Result<mail::Done> become_owner_of(const std::string& directory);

}  // namespace postman::oauth
