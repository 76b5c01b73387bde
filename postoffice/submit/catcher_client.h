/// One mail to the catcher over a unix socket or TCP: the sockets and deadlines around
/// CatcherDialogue.
#pragma once

#include <chrono>
#include <string_view>

#include "common/envelope.h"
#include "postoffice/submit/handover.h"
#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

struct CatcherDeadlines {
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds whole{300'000};  // from the connection to the last reply
};

/// blocks  until the catcher has answered, or a deadline
[[nodiscard]] Handover hand_to_catcher(const Target& target, const mail::Envelope& envelope,
                                       std::string_view content,
                                       const CatcherDeadlines& deadlines = {});

}  // namespace postoffice::submit
