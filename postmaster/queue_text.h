/// What the queue commands answer, as text for people. Pure; whatever came from a mail goes through
/// shown() first.
#pragma once

#include <string>

#include "postmaster/control_message.h"
#include "postmaster/terminal_text.h"

namespace postmaster
{

/// The answer's lines to this command. Lines that are not understood are shown as they are.
[[nodiscard]] std::string queue_text(const std::string& command, const CommandAnswer& answer,
                                     const Style& style);

}  // namespace postmaster
