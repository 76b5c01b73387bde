#include "common/nullmailer/queue_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace mail::nullmailer
{

QueueLock::QueueLock(const std::string& queue)
    : descriptor_(::open(queue.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
{
    is_held_ = descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
}

QueueLock::~QueueLock()
{
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool is_nullmailer_at_work(const std::string& queue)
{
    const std::string trigger = queue.substr(0, queue.rfind('/')) + "/trigger";
    const int writer = ::open(trigger.c_str(), O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (writer < 0) return false;  // ENXIO: nobody reads
    ::close(writer);
    return true;
}

}  // namespace mail::nullmailer
