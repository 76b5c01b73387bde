/// bench_calls: calls a command many times, so many at once: what delivering costs without a
/// courier.
///
///   bench_calls JOBS COUNT MAIL COMMAND ARGUMENT…   the mail is on the command's standard input
///
/// Prints how many a second. Any exit code but 0 is an error.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace
{

void fail(const char* step)
{
    std::fprintf(stderr, "bench_calls: %s\n", step);
    std::exit(1);
}

void call(const char* mail, char** command)
{
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, mail, O_RDONLY, 0);
    pid_t child = 0;
    if (::posix_spawn(&child, command[0], &actions, nullptr, command, environ) != 0) fail("spawn");
    ::posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) fail("the command did not end well");
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc < 5) return 64;
    const auto jobs = std::strtoul(argv[1], nullptr, 10);
    const auto count = std::strtoul(argv[2], nullptr, 10);
    std::atomic<std::size_t> taken{0};
    const auto began = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < jobs; ++i)
        threads.emplace_back([&] {
            while (taken.fetch_add(1) < count) call(argv[3], argv + 4);
        });
    for (auto& thread : threads) thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf("%.1f\n", static_cast<double>(count) / took.count());
    return 0;
}
