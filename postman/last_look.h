/// The second look: what postmaster did on the origin side is done once more before a mail leaves
/// this host, and here alone where no postmaster stands in front (docs/sending-alone.md, "What is
/// taken out"). Pure.
#pragma once

#include <string>

#include "common/spool/record.h"
#include "postman/way_out.h"

namespace postman
{

/// Scrubs the content; with --origin the gate judges it too, and the reverse-path.
/// returns  empty: it may leave. Else why not, in one line: hold it
[[nodiscard]] std::string last_look(mail::Record& record, const CarryRules& rules);

}  // namespace postman
