#include "postoffice/pickup/spool_owner.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace postoffice
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::uint32_t kWanted = 1U << CAP_DAC_OVERRIDE | 1U << CAP_LEASE;

Error not_allowed(const char* step)
{
    return Error{ErrorKind::temporary, step, errno};
}

/// Of those two what we may have at all: a container may hold one back.
Result<Done> keep_only_wanted()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    if (::syscall(SYS_capget, &header, data) != 0) return not_allowed("read the capabilities");
    data[0].permitted &= kWanted;
    data[0].effective = data[0].permitted;
    data[0].inheritable = 0;
    data[1] = {};
    if (::syscall(SYS_capset, &header, data) != 0) return not_allowed("drop the capabilities");
    return Done{};
}

}  // namespace

Result<Done> become_owner_of(const std::string& spool)
{
    struct stat status {
    };
    if (::stat(spool.c_str(), &status) != 0 || status.st_uid == ::geteuid()) return Done{};
    if (::geteuid() != 0)
        return Error{ErrorKind::refused, spool + " is another user's: run this as he, or as root"};
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return not_allowed("keep capabilities");
    if (::setgroups(0, nullptr) != 0) return not_allowed("leave root's groups");
    if (::setresgid(status.st_gid, status.st_gid, status.st_gid) != 0)
        return not_allowed("become the spool's group");
    if (::setresuid(status.st_uid, status.st_uid, status.st_uid) != 0)
        return not_allowed("become the spool's owner");
    return keep_only_wanted();
}

}  // namespace postoffice
