/// What both sides of the directory spool do before they use it: judge the file system, make the
/// directories, take the side's lock.
#pragma once

#include <string>

#include "common/lock_file.h"
#include "common/result.h"
#include "common/spool/files.h"
#include "common/spool/spool_layout.h"

namespace mail
{

/// lock_path  layout.postoffice_lock() or layout.postmaster_lock()
/// errors     refused:   tmpfs or a network file system, without `unsafe_spool`
///            temporary: not there, not writable; the step says the path and the owner wanted
///            conflict:  another process has the lock; the step says which
[[nodiscard]] Result<LockFile> prepare_spool(const SpoolLayout& layout,
                                             const std::string& lock_path, bool unsafe_spool,
                                             Files& files);

/// Bytes that unprivileged writers may still use, and all bytes of the file system.
struct Room {
    std::uint64_t free_bytes = 0;
    std::uint64_t total_bytes = 0;
    std::uint64_t free_inodes = 0;  // meaningless where total_inodes is 0
    std::uint64_t total_inodes = 0;
};
[[nodiscard]] Result<Room> room_at(const std::string& path);

}  // namespace mail
