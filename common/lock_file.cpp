#include "common/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace mail
{
namespace
{

std::string holder_of(int descriptor)
{
    char text[32] = {};
    const ssize_t length = ::pread(descriptor, text, sizeof text - 1, 0);
    std::string pid;
    for (ssize_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; ++i) pid += text[i];
    return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path)
{
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return Error{ErrorKind::temporary, "open lock " + path, errno};
    LockFile lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return Error{ErrorKind::temporary, "lock " + path, errno};
        return Error{ErrorKind::conflict, path + " is held by " + holder_of(descriptor)};
    }
    // The pid is for people; the lock holds without it, on a full disk too.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) == 0) {
        [[maybe_unused]] const auto ignored = ::pwrite(descriptor, pid.data(), pid.size(), 0);
    }
    return lock;
}

LockFile::LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept
{
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

LockFile::~LockFile()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace mail
