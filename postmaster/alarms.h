/// What a person should look at now. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "postmaster/situation.h"

namespace postmaster
{

/// A mail that waited so long is worth a warning in the log; so long, an alarm.
inline constexpr std::chrono::hours kOldIs{1};
inline constexpr std::chrono::hours kTooOldIs{24};

/// One reason a line, the worst first; none: all is well. In our words alone: nothing of a mail is
/// in them.
[[nodiscard]] std::vector<std::string> alarms_of(const Situation& situation);

}  // namespace postmaster
