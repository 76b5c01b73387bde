// The campaigns' sendmail: accepts a whole mail and notes it in one line, beside itself in
// PATH.log:
//
//   STARTED ACCEPTED SHA256 SENDER RECIPIENT…      times in ns on CLOCK_MONOTONIC; no line, not
//   accepted
//
// A recipient that begins with "permanent" is refused (67) and noted in PATH.refused, one that
// begins with "temporary" is put off (75). With a file PATH.cut, which names a directory, the power
// of that file system is cut at the acceptance.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "common/spool/record.h"

namespace
{

constexpr unsigned long kShutDown = _IOR('X', 125, __u32);  // FS_IOC_SHUTDOWN
constexpr __u32 kWithoutLogFlush = 2;

long long now()
{
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

/// Nothing where it could not be read to its end: a piece of a mail is none.
std::optional<std::string> read_input()
{
    std::string text;
    std::vector<char> piece(1 << 16);
    for (;;) {
        const ssize_t got = ::read(0, piece.data(), piece.size());
        if (got < 0) return std::nullopt;
        if (got == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

bool append(const std::string& path, const std::string& line)
{
    const int log = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    return log >= 0 && ::write(log, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

void cut_power_if_told(const std::string& self)
{
    std::string directory;
    std::ifstream file(self + ".cut");
    if (!std::getline(file, directory)) return;
    const int root = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    __u32 flags = kWithoutLogFlush;
    ::ioctl(root, kShutDown, &flags);
}

}  // namespace

// sendmail -i -f SENDER -- RECIPIENT…
int main(int argc, char** argv)
{
    if (argc < 6) return 64;
    const long long started = now();
    const std::string self = argv[0];
    const auto content = read_input();
    if (!content) return 75;
    std::string recipients;
    for (int i = 5; i < argc; ++i) recipients.append(" ").append(argv[i]);
    if (recipients.find(" permanent") != std::string::npos) {
        append(self + ".refused", recipients.substr(1) + "\n");
        return 67;
    }
    if (recipients.find(" temporary") != std::string::npos) return 75;
    const std::string sum = mail::sha256_hex(*content);
    const bool noted = append(self + ".log", std::to_string(started) + " " + std::to_string(now()) +
                                                 " " + sum + " " + argv[3] + recipients + "\n");
    cut_power_if_told(self);
    return noted ? 0 : 75;
}
