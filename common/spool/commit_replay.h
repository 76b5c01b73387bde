/// What a crash left in the commit journal, brought back as files. Runs before anything listens.
#pragma once

#include "common/result.h"
#include "common/spool/files.h"
#include "common/spool/spool_layout.h"

namespace mail
{

/// Writes each mail of the journal anew, durably, where it lies now: in messages/, held/, failed/,
/// corrupt/ or state/handed/. What lies nowhere comes (back) into messages/: its name was not
/// durable, or it was settled since; the courier's ledger stops it then. Then the journal goes.
///
/// A replay that was cut is begun again by the next start. errors  temporary: the journal is
/// untouched
[[nodiscard]] Result<Done> replay_commits(const SpoolLayout& layout, Files& files);

}  // namespace mail
