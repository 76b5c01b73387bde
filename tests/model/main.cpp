/// model [--schedules N] [--seed S] [--only SEED]: runs N random schedules of the three programs in
/// memory and checks what witness.h promises after each. Prints the seed it began with; a schedule
/// that breaks a promise prints its own, and --only SEED runs that one again.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/log.h"
#include "tests/model/world.h"
#include "tests/support/temporary_directory.h"

namespace
{

struct Options {
    std::uint64_t schedules = 20'000;
    std::uint64_t seed =
        static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
    bool is_loud = false;
};

bool parse(Options& options, int argc, char** argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 0);
        if (std::strcmp(argv[i], "--schedules") == 0) {
            options.schedules = value;
        } else if (std::strcmp(argv[i], "--seed") == 0) {
            options.seed = value;
        } else if (std::strcmp(argv[i], "--only") == 0) {
            options = {1, value, true};
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

/// The lock files are real; in memory they cost no disk its time, which would be nearly all of it.
void keep_locks_in_memory()
{
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
}

/// The programs' log lines would be gigabytes.
void be_quiet()
{
    mail::log::configure({.least = mail::log::Level::error});
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(null, STDERR_FILENO);
}

void print(const model::Counts& counts, double seconds)
{
    std::printf(
        "model: schedules=%llu commits=%llu leases=%llu deliveries=%llu faults=%llu kills=%llu "
        "power_cuts=%llu lost_words=%llu lost=0 again_w5=%llu again_w9=%llu again_outside=0 (%.0f "
        "s)\n",
        static_cast<unsigned long long>(counts.schedules),
        static_cast<unsigned long long>(counts.commits),
        static_cast<unsigned long long>(counts.leases),
        static_cast<unsigned long long>(counts.deliveries),
        static_cast<unsigned long long>(counts.faults),
        static_cast<unsigned long long>(counts.kills), static_cast<unsigned long long>(counts.cuts),
        static_cast<unsigned long long>(counts.lost_words),
        static_cast<unsigned long long>(counts.again_w5),
        static_cast<unsigned long long>(counts.again_w9), seconds);
}

}  // namespace

int main(int argc, char** argv)
{
    Options options;
    if (!parse(options, argc, argv)) {
        std::puts("usage: model [--schedules N] [--seed S] [--only SEED]");
        return 64;
    }
    std::printf("model: seed %llu\n", static_cast<unsigned long long>(options.seed));
    std::fflush(stdout);
    if (!options.is_loud) be_quiet();
    keep_locks_in_memory();
    const mail::test::TemporaryDirectory directory;
    model::Counts counts;
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < options.schedules; ++i) {
        try {
            model::World(directory.path(), options.seed + i, counts).run();
        } catch (const model::Broken& broken) {
            std::printf("BROKEN  %s\n  run it again: model --only %llu\n", broken.what.c_str(),
                        static_cast<unsigned long long>(options.seed + i));
            return 1;
        }
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    print(counts, seconds.count());
    return 0;
}
