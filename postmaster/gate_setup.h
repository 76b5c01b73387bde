/// The gate as the settings want it, with the files that it keeps in state/; and what the log says
/// of it at the start and at the end.
#pragma once

#include <memory>

#include "common/result.h"
#include "postmaster/gate.h"
#include "postmaster/settings.h"

namespace postmaster
{

struct GateSetup {
    std::unique_ptr<LoopGuard> loops;    // null without --courier-name
    std::unique_ptr<GateReport> report;  // null unless --gate=report
    std::unique_ptr<Gate> gate;          // stands on both
};

/// The spool is there and locked. Logs the origin values that the machine knows of itself, and
/// those of them that the operator's word made public.
/// errors  malformed: the settings; temporary: a file of the spool
[[nodiscard]] mail::Result<GateSetup> set_up_gate(const Settings& settings);

/// One line with what was held since the start.
void log_held(const HeldCounts& counts);

}  // namespace postmaster
