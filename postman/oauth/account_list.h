/// `postman auth --list`: the accounts of the store, for people.
#pragma once

#include <string>

#include "common/clock.h"

namespace postman::oauth
{

/// returns  0; 1 where an account needs a person
[[nodiscard]] int print_accounts(const std::string& state, const mail::Clock& clock);

}  // namespace postman::oauth
