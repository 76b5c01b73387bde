/// What both sides of the directory spool do before they use it: judge the file system, make the
/// directories, take the side's lock.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

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

/// What makes a file system of that magic number (statfs(2)) unsafe: it forgets, or another host
/// may answer for it. Null: nothing. Pure.
[[nodiscard]] const char* unsafe_kind(std::uint32_t magic);

/// Null where `path` lies on a file system that keeps what was synced, as far as we can see.
[[nodiscard]] const char* unsafe_kind_at(const std::string& path);

/// The options of the overlay mount that `path` lies on, from the text of /proc/self/mountinfo
/// (proc(5)); empty if it lies on none.
[[nodiscard]] std::string overlay_options(std::istream& mountinfo, std::string_view path);

/// Does syncfs there sync all, and tell of every write that failed? ext4, XFS and btrfs do; an
/// overlay and FUSE need not.
[[nodiscard]] bool reports_sync_of_all(const std::string& path);

/// Bytes that unprivileged writers may still use, and all bytes of the file system.
struct Room {
    std::uint64_t free_bytes = 0;
    std::uint64_t total_bytes = 0;
    std::uint64_t free_inodes = 0;  // meaningless where total_inodes is 0
    std::uint64_t total_inodes = 0;
};
[[nodiscard]] Result<Room> room_at(const std::string& path);
/// The low-water mark: is there room for new mail? At least `min_free_bytes`; 0: 5 % of the file
/// system or 256 MiB, whichever is less. And 5 % of the inodes, or 1,024. Pure.
[[nodiscard]] bool is_enough(const Room& room, std::uint64_t min_free_bytes);

}  // namespace mail
