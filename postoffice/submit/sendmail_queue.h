/// `sendmail -q`: sends what keep_in_queue.h has kept.
#pragma once

#include <string>

#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

/// One run over the queue, or of one mail of it. A mail goes from the queue once it was accepted;
/// what is refused goes to failed/. Two runs never meet.
///
/// name     empty: all, the oldest first, until nobody answers
/// returns  0 nothing is left to do, or another run is at work; 75 something waits; 66 no such
///          mail; 78 nullmailer-send works on this queue
[[nodiscard]] int run_queue(const Settings& settings, const std::string& name);

}  // namespace postoffice::submit
