/// HandOut over the spool directory: an index in memory, filled at start and fed by inotify, and one
/// checkpointed journal in state/ for leases, recipients still pending, next tries and reasons.
#pragma once

#include <memory>
#include <string>

#include "common/clock.h"
#include "common/spool/files.h"
#include "common/spool/spool.h"

namespace mail {

struct DirectoryHandOutOptions {
    std::string root;           // the spool directory
    bool unsafe_spool = false;  // allow tmpfs and network file systems
};

/// Makes the directories, takes the lock, replays the journal, fills the index, starts to watch.
/// errors  as DirectoryIntake::open; conflict names the other postmaster's pid
[[nodiscard]] Result<std::unique_ptr<HandOut>> open_directory_hand_out(const DirectoryHandOutOptions& options,
                                                                       Files& files = system_files(),
                                                                       const Clock& clock = system_clock());

}  // namespace mail
