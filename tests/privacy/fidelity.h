/// The fidelity promise, checked: what a scrub gives is what it was given, but for the lines it
/// lists.
#pragma once

#include <string>
#include <string_view>

#include "common/privacy/scrub.h"

namespace mail::test
{

/// Walks input and output side by side. Empty when the output is the input less the dropped fields,
/// with only identifiers and addresses changed in the rewritten ones; else what differs first, in
/// words.
[[nodiscard]] std::string difference_beyond_actions(std::string_view input,
                                                    const privacy::Scrubbed& scrubbed);

}  // namespace mail::test
