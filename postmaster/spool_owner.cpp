#include "postmaster/spool_owner.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace postmaster
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

Result<Done> become_owner_of(const std::string& directory)
{
    struct stat status {
    };
    if (::stat(directory.c_str(), &status) != 0)
        return Error{errno == ENOENT ? ErrorKind::missing : ErrorKind::temporary,
                     "look at " + directory, errno};
    if (::geteuid() != 0 || status.st_uid == 0) return Done{};
    if (::setgroups(1, &status.st_gid) != 0 ||
        ::setresgid(status.st_gid, status.st_gid, status.st_gid) != 0 ||
        ::setresuid(status.st_uid, status.st_uid, status.st_uid) != 0)
        return Error{ErrorKind::temporary, "go on as the owner of " + directory, errno};
    return Done{};
}

}  // namespace postmaster
