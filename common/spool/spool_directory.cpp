#include "common/spool/spool_directory.h"

#include <linux/magic.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

namespace mail
{
namespace
{

// linux/magic.h has only SMB2's and the first SMB's.
constexpr std::uint32_t kCifsMagic = 0xFF534D42;

constexpr std::uint64_t kDefaultMinFreeBytes = 256ULL << 20;
constexpr std::uint64_t kMinFreeInodes = 1024;

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

Error refused(const SpoolLayout& layout, const std::string& kind)
{
    return Error{ErrorKind::refused, "spool " + layout.root() + " lies on " + kind +
                                         "; choose another directory, or say --unsafe-spool"};
}

/// An overlay is as safe as its upper layer, where we can see that.
Result<Done> judge_overlay(const SpoolLayout& layout)
{
    std::ifstream mounts("/proc/self/mountinfo");
    const std::string mount_options = overlay_options(mounts, layout.root());
    if (mount_options.find(",volatile") != std::string::npos)
        return refused(layout, "a volatile overlay, which never syncs");
    constexpr std::string_view kUpper = "upperdir=";
    const auto begin = mount_options.find(kUpper);
    if (begin == std::string::npos) return Done{};
    const auto from = begin + kUpper.size();
    const std::string upper = mount_options.substr(from, mount_options.find(',', from) - from);
    struct statfs status {
    };
    if (::statfs(upper.c_str(), &status) != 0) return Done{};  // of another mount namespace
    if (const char* kind = unsafe_kind(static_cast<std::uint32_t>(status.f_type)))
        return refused(layout, std::string("an overlay over ") + kind);
    return Done{};
}

Result<Done> judge_file_system(const SpoolLayout& layout)
{
    struct statfs status {
    };
    if (::statfs(layout.root().c_str(), &status) != 0) return unusable(layout.root(), errno);
    if (status.f_type == OVERLAYFS_SUPER_MAGIC) return judge_overlay(layout);
    if (const char* kind = unsafe_kind(static_cast<std::uint32_t>(status.f_type)))
        return refused(layout, kind);
    return Done{};
}

std::string parent_of(const std::string& path)
{
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

const char* unsafe_kind(std::uint32_t magic)
{
    switch (magic) {
        case TMPFS_MAGIC:
            return "tmpfs, which a power cut empties";
        case RAMFS_MAGIC:
            return "ramfs, which a power cut empties";
        case NFS_SUPER_MAGIC:
            return "NFS, which may not sync";
        case SMB_SUPER_MAGIC:
        case SMB2_SUPER_MAGIC:
        case kCifsMagic:
            return "SMB, which may not sync";
        case OVERLAYFS_SUPER_MAGIC:  // as safe as its upper layer
        default:
            return nullptr;
    }
}

const char* unsafe_kind_at(const std::string& path)
{
    struct statfs status {
    };
    return ::statfs(path.c_str(), &status) == 0
               ? unsafe_kind(static_cast<std::uint32_t>(status.f_type))
               : nullptr;
}

bool is_enough(const Room& room, std::uint64_t min_free_bytes)
{
    const std::uint64_t least = min_free_bytes != 0
                                    ? min_free_bytes
                                    : std::min(room.total_bytes / 20, kDefaultMinFreeBytes);
    const bool inodes_left = room.total_inodes == 0 ||
                             room.free_inodes >= std::min(room.total_inodes / 20, kMinFreeInodes);
    return room.free_bytes >= least && inodes_left;
}

std::string overlay_options(std::istream& mountinfo, std::string_view path)
{
    std::string options, line;
    std::size_t longest = 0;
    while (std::getline(mountinfo, line)) {
        std::istringstream fields(line);
        std::string field, mount_point, type;
        for (int i = 0; i < 5 && fields >> field; ++i) mount_point = field;
        while (fields >> field && field != "-") {
        }
        std::string source, super_options;
        fields >> type >> source >> super_options;
        const bool is_above = path == mount_point || mount_point == "/" ||
                              (path.starts_with(mount_point) && path[mount_point.size()] == '/');
        if (!is_above || mount_point.size() < longest) continue;
        longest = mount_point.size();
        options = type == "overlay" ? super_options : "";
    }
    return options;
}

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
    // Backwards: what moved out of messages/ is durable where it went before it is gone there.
    const auto directories = layout.directories();
    for (auto directory = directories.rbegin(); directory != directories.rend(); ++directory)
        if (auto ok = files.sync_dir(*directory); !ok) return std::move(ok).error();
    // The root's own name. Its parent may be closed to us; then whoever made the root has synced
    // it.
    if (auto ok = files.sync_dir(parent_of(layout.root())); !ok && ok.error().sys_errno != EACCES)
        return std::move(ok).error();
    return LockFile::take(lock_path);
}

bool reports_sync_of_all(const std::string& path)
{
    struct statfs status {
    };
    if (::statfs(path.c_str(), &status) != 0) return false;
    return status.f_type == EXT4_SUPER_MAGIC || status.f_type == XFS_SUPER_MAGIC ||
           status.f_type == BTRFS_SUPER_MAGIC;
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
