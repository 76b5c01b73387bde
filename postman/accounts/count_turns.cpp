#include "postman/accounts/count_turns.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace postman
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using namespace std::chrono_literals;

constexpr auto kPatience = 10s;  // a turn takes a sync at most
constexpr auto kPause = 2ms;

/// Root's files would be closed to the courier.
void hand_over(const std::string& path)
{
    struct stat directory {
    };
    if (::geteuid() != 0 || ::stat(path.substr(0, path.rfind('/')).c_str(), &directory) != 0 ||
        directory.st_uid == 0)
        return;
    for (const std::string& file : {path, path + ".lock"}) {
        [[maybe_unused]] const int unchanged =
            ::lchown(file.c_str(), directory.st_uid, directory.st_gid);
    }
}

class HeldTurn
{
public:
    HeldTurn(int descriptor, const std::string& path) : descriptor_(descriptor), path_(path) {}
    HeldTurn(const HeldTurn&) = delete;
    HeldTurn& operator=(const HeldTurn&) = delete;
    ~HeldTurn()
    {
        hand_over(path_);
        ::close(descriptor_);
    }

private:
    const int descriptor_;
    const std::string path_;
};

mail::Result<CountTurn> take_turn(const std::string& path)
{
    const std::string lock = path + ".lock";
    const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return Error{ErrorKind::temporary, "open lock " + lock, errno};
    auto turn = std::make_shared<HeldTurn>(descriptor, path);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return Error{ErrorKind::temporary, "lock " + lock, errno};
        if (std::chrono::steady_clock::now() >= end)
            return Error{ErrorKind::temporary, lock + " was not free for 10 s"};
        std::this_thread::sleep_for(kPause);
    }
    return CountTurn(std::move(turn));
}

}  // namespace

CountTurns turns_of(std::string path)
{
    return [path = std::move(path)] { return take_turn(path); };
}

}  // namespace postman
