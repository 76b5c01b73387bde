#include "common/spool/spool_directory.h"

#include <linux/magic.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

namespace mail
{
namespace
{

constexpr long kSmb1Magic = 0xFF534D42;  // CIFS; linux/magic.h has only SMB2's

/// A file system that forgets, or that another host may answer for.
const char* unsafe_kind(long magic)
{
    switch (magic) {
        case TMPFS_MAGIC:
            return "tmpfs, which a power cut empties";
        case RAMFS_MAGIC:
            return "ramfs, which a power cut empties";
        case NFS_SUPER_MAGIC:
            return "NFS, which may not sync";
        case SMB2_SUPER_MAGIC:
        case kSmb1Magic:
            return "SMB, which may not sync";
        default:
            return nullptr;
    }
}

std::string user_name(uid_t uid)
{
    const passwd* entry = ::getpwuid(uid);
    return entry != nullptr ? entry->pw_name : "uid " + std::to_string(uid);
}

/// The error of a directory that cannot be used, with the one command that mends it.
Error unusable(const std::string& path, int code)
{
    const std::string user = user_name(::geteuid());
    struct stat status {
    };
    std::string step = "use spool directory " + path;
    if (::stat(path.c_str(), &status) == 0)
        step += " (owned by " + user_name(status.st_uid) + ", wanted " + user + ": chown -R " +
                user + " " + path + ")";
    else
        step += " (wanted: a directory owned by " + user + ": install -d -m 0700 -o " + user + " " +
                path + ")";
    return Error{ErrorKind::temporary, step, code};
}

Result<Done> judge_file_system(const SpoolLayout& layout)
{
    struct statfs status {
    };
    if (::statfs(layout.root().c_str(), &status) != 0) return unusable(layout.root(), errno);
    if (const char* kind = unsafe_kind(status.f_type))
        return Error{ErrorKind::refused, "spool " + layout.root() + " lies on " + kind +
                                             "; choose another directory, or say --unsafe-spool"};
    return Done{};
}

std::string parent_of(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<LockFile> prepare_spool(const SpoolLayout& layout, const std::string& lock_path,
                               bool unsafe_spool, Files& files)
{
    for (const std::string& directory : layout.directories()) {
        if (auto ok = files.make_dir(directory); !ok)
            return unusable(directory, ok.error().sys_errno);
        if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0) return unusable(directory, errno);
    }
    if (!unsafe_spool)
        if (auto ok = judge_file_system(layout); !ok) return std::move(ok).error();
    for (const std::string& directory : layout.directories())
        if (auto ok = files.sync_dir(directory); !ok) return std::move(ok).error();
    // The root's own name. Its parent may be closed to us; then whoever made the root has synced
    // it.
    if (auto ok = files.sync_dir(parent_of(layout.root())); !ok && ok.error().sys_errno != EACCES)
        return std::move(ok).error();
    return LockFile::take(lock_path);
}

Result<Room> room_at(const std::string& path)
{
    struct statvfs status {
    };
    if (::statvfs(path.c_str(), &status) != 0)
        return Error{ErrorKind::temporary, "look at the free space of " + path, errno};
    return Room{std::uint64_t(status.f_bavail) * status.f_frsize,
                std::uint64_t(status.f_blocks) * status.f_frsize, status.f_favail, status.f_files};
}

}  // namespace mail
