#include "postman/oauth/state_owner.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace postman::oauth
{

mail::Result<mail::Done> become_owner_of(const std::string& directory)
{
    struct stat status {
    };
    if (::geteuid() != 0 || ::stat(directory.c_str(), &status) != 0 || status.st_uid == 0)
        return mail::Done{};
    if (::setgroups(0, nullptr) != 0 || ::setgid(status.st_gid) != 0 ||
        ::setuid(status.st_uid) != 0)
        return mail::Error{mail::ErrorKind::refused, "become the owner of " + directory, errno};
    return mail::Done{};
}

}  // namespace postman::oauth
