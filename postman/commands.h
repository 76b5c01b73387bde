/// All of postman's commands, in the order in which --help tells them.
#pragma once

#include <memory>
#include <vector>

#include "postman/command.h"

namespace postman
{

using Commands = std::vector<std::unique_ptr<Command>>;

[[nodiscard]] Commands all_commands();

}  // namespace postman
