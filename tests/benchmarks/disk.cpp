/// bench_disk: what the disk itself can make durable, 4 KB at a time, without any mail server.
///
///   bench_disk files WRITERS SECONDS DIR   each: write a file, fsync, rename, fsync the directory
///   bench_disk log WAITERS SECONDS DIR     each: append to one log, and wait for a sync that
///   covers it
///
/// Prints how many a second.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace
{

const std::string kRecord(4096, 'x');

void require(bool worked, const char* step)
{
    if (worked) return;
    std::perror(step);
    std::exit(1);
}

void write_record(int file)
{
    const auto written = ::write(file, kRecord.data(), kRecord.size());
    require(written == static_cast<ssize_t>(kRecord.size()), "write");
}

class Files
{
public:
    explicit Files(std::string directory)
        : directory_(std::move(directory)), handle_(::open(directory_.c_str(), O_RDONLY))
    {
        require(handle_ >= 0, "open the directory");
    }
    ~Files() { ::close(handle_); }

    void commit(std::size_t number)
    {
        const auto ready = directory_ + "/" + std::to_string(number);
        const auto aside = ready + ".new";
        const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
        require(file >= 0, "create");
        write_record(file);
        require(::fsync(file) == 0 && ::close(file) == 0, "sync");
        require(::rename(aside.c_str(), ready.c_str()) == 0, "rename");
        require(::fsync(handle_) == 0, "sync the directory");
    }

private:
    std::string directory_;
    int handle_;
};

/// Whoever comes while a sync is under way is covered by the next; one of them does it for all.
class Log
{
public:
    explicit Log(const std::string& directory)
        : file_(::open((directory + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600))
    {
        require(file_ >= 0, "open the log");
    }
    ~Log() { ::close(file_); }

    void commit()
    {
        std::unique_lock lock(mutex_);
        const auto mine = ++asked_;
        while (durable_ < mine) {
            if (is_syncing_)
                synced_.wait(lock);
            else
                sync_all(lock);
        }
    }

private:
    void sync_all(std::unique_lock<std::mutex>& lock)
    {
        is_syncing_ = true;
        const auto from = durable_;
        const auto upto = asked_;
        lock.unlock();
        for (auto i = from; i < upto; ++i) write_record(file_);
        require(::fdatasync(file_) == 0, "sync the log");
        lock.lock();
        durable_ = upto;
        is_syncing_ = false;
        synced_.notify_all();
    }

    int file_;
    std::mutex mutex_;
    std::condition_variable synced_;
    std::size_t asked_ = 0;
    std::size_t durable_ = 0;
    bool is_syncing_ = false;
};

double rate(std::size_t workers, double seconds, const std::function<void(std::size_t)>& commit)
{
    using Clock = std::chrono::steady_clock;
    std::atomic<std::size_t> count{0};
    const auto began = Clock::now();
    const auto until = began + std::chrono::duration<double>(seconds);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers; ++i)
        threads.emplace_back([&] {
            while (Clock::now() < until) commit(count.fetch_add(1));
        });
    for (auto& thread : threads) thread.join();
    const std::chrono::duration<double> took = Clock::now() - began;
    return static_cast<double>(count) / took.count();
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 5) return 64;
    const std::string way = argv[1];
    const auto workers = std::strtoul(argv[2], nullptr, 10);
    const auto seconds = std::strtod(argv[3], nullptr);
    Files files(argv[4]);
    Log log(argv[4]);
    const auto commit =
        way == "files"
            ? std::function<void(std::size_t)>([&](std::size_t number) { files.commit(number); })
            : [&](std::size_t) { log.commit(); };
    std::printf("%.0f\n", rate(workers, seconds, commit));
    return 0;
}
