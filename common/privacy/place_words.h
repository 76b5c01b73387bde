/// Where something stands, in words for people: the log, the queue, `check`.
#pragma once

#include <string>

#include "common/privacy/streams.h"

namespace mail::privacy
{

/// "Subject", "Received of part 2", "part 1.2", "report.txt of part 3", "the body", "the envelope
/// sender". Valid UTF-8 without control characters; of names of fields and members, the front.
[[nodiscard]] std::string words_for(const Place& place);

}  // namespace mail::privacy
