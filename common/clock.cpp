#include "common/clock.h"

#include <ctime>
#include <fstream>

namespace mail
{
namespace
{

class SystemClock final : public Clock
{
public:
    WallTime wall() const override { return std::chrono::system_clock::now(); }

    BootTime boot() const override
    {
        timespec now{};
        ::clock_gettime(CLOCK_BOOTTIME, &now);
        return std::chrono::seconds(now.tv_sec) +
               std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::nanoseconds(now.tv_nsec));
    }

    std::string boot_id() const override
    {
        std::ifstream file("/proc/sys/kernel/random/boot_id");
        std::string id;
        std::getline(file, id);
        return id;
    }
};

std::string formatted(WallTime time, const char* format)
{
    const std::time_t seconds =
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace

const Clock& system_clock()
{
    static const SystemClock clock;
    return clock;
}

std::string record_timestamp(WallTime time)
{
    const auto micros = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch());
    const std::string fraction = std::to_string(1'000'000 + micros.count() % 1'000'000);
    return formatted(time, "%Y-%m-%dT%H:%M:%S") + "." + fraction.substr(1);
}

std::string rfc3339(WallTime time)
{
    return formatted(time, "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace mail
