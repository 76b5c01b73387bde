#include "postman/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace postman
{
namespace
{

using std::chrono::steady_clock;

constexpr std::size_t kMaxWords = 4096;
constexpr std::size_t kUsualPipeBytes = 64 * 1024;
constexpr std::size_t kLargestPipeBytes = 1024 * 1024;  // what Linux gives to anybody
constexpr int kFeederMayEndMs = 1000;

class Descriptor
{
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }

    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }
    void close()
    {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }

private:
    int number_;
};

struct Pipe {
    Descriptor read;
    Descriptor write;
};

mail::Error failed(const char* step, int error)
{
    return {mail::ErrorKind::temporary, step, error};
}

mail::Result<Pipe> make_pipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return failed("make a pipe", errno);
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Nothing of our environment but what a sendmail may need to find its user's configuration.
std::vector<std::string> clean_environment()
{
    std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
    for (const char* name : {"HOME", "USER", "LOGNAME", "TZ"})
        if (const char* value = std::getenv(name))
            environment.push_back(std::string(name) + "=" + value);
    return environment;
}

std::vector<char*> pointers(std::vector<std::string>& strings)
{
    std::vector<char*> list;
    for (std::string& text : strings) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

/// posix_spawn's two descriptions, freed together.
class SpawnPlan
{
public:
    SpawnPlan(int input, int output)
    {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, input, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, 1);
        ::posix_spawn_file_actions_adddup2(&actions_, output, 2);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
        ::posix_spawn_file_actions_addchdir_np(&actions_, "/");

        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan()
    {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

mail::Result<pid_t> spawn(const ProcessRequest& request, int input, int output)
{
    std::vector<std::string> arguments = request.arguments;
    std::vector<std::string> environment = clean_environment();
    const SpawnPlan plan(input, output);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, request.path.c_str(), plan.actions(), plan.attributes(),
                                    pointers(arguments).data(), pointers(environment).data());
    if (error == 0) return pid;
    const std::string step = "run " + request.path;
    if (error == ENOENT || error == ENOTDIR)
        return mail::Error{mail::ErrorKind::missing, step, error};
    if (error == EACCES || error == ENOEXEC || error == EPERM || error == ELOOP)
        return mail::Error{mail::ErrorKind::refused, step, error};
    return mail::Error{mail::ErrorKind::temporary, step, error};
}

/// Fills the pipe with the input before anybody reads it, as far as the system gives it room.
/// returns  what did not fit
std::string_view fill(const Descriptor& pipe, std::string_view input)
{
    if (input.size() > kUsualPipeBytes)
        ::fcntl(pipe.number(), F_SETPIPE_SZ,
                static_cast<int>(std::min(input.size(), kLargestPipeBytes)));
    ::fcntl(pipe.number(), F_SETFL, O_NONBLOCK);
    while (!input.empty()) {
        const ssize_t count = ::write(pipe.number(), input.data(), input.size());
        if (count <= 0) break;
        input.remove_prefix(static_cast<std::size_t>(count));
    }
    ::fcntl(pipe.number(), F_SETFL, 0);
    return input;
}

/// In the feeder, a fork of a program with threads: system calls and nothing else.
[[noreturn]] void feed_and_exit(const Pipe& pipe, std::string_view input)
{
    const int to = pipe.write.number();
    ::close(pipe.read.number());  // or nobody would ever tell it that nobody reads
    ::syscall(SYS_close_range, 0, to - 1, 0);
    ::syscall(SYS_close_range, to + 1, ~0U, 0);
    while (!input.empty()) {
        const ssize_t count = ::write(to, input.data(), input.size());
        if (count < 0 && errno != EINTR) ::_exit(1);
        if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
    }
    ::_exit(0);
}

/// A process that writes what did not fit into the pipe. We may be killed while it does: were the
/// pipe's last end ours, the program would take half a mail for a whole one.
class Feeder
{
public:
    Feeder() = default;
    Feeder(Feeder&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
    Feeder& operator=(Feeder&&) = delete;
    ~Feeder() { has_written_all(); }

    /// Before the program runs.
    /// errors  temporary: no process left
    static mail::Result<Feeder> start(const Pipe& pipe, std::string_view input)
    {
        Feeder feeder;
        if (input.empty()) return feeder;
        const pid_t pid = ::fork();
        if (pid == 0) feed_and_exit(pipe, input);
        if (pid < 0) return failed("start a process that feeds", errno);
        feeder.pid_ = pid;
        return feeder;
    }

    /// Once nobody but a child that the program left behind can be reading.
    bool has_written_all()
    {
        if (pid_ == 0) return true;
        const Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
        pollfd ended = {pidfd.number(), POLLIN, 0};
        if (::poll(&ended, 1, kFeederMayEndMs) <= 0) ::kill(pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

private:
    pid_t pid_ = 0;
};

/// One running child: listens to it, waits for it.
class Child
{
public:
    Child(pid_t pid, Descriptor input, Descriptor output, Feeder feeder)
        : pid_(pid),
          pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
          input_(std::move(input)),
          output_(std::move(output)),
          feeder_(std::move(feeder))
    {
        ::fcntl(output_.number(), F_SETFL, O_NONBLOCK);
    }

    ProcessEnd serve(steady_clock::time_point deadline)
    {
        while (!has_ended()) {
            const auto now = steady_clock::now();
            if (now >= deadline) {
                kill_group();
                return end(ProcessEnd::How::timed_out, SIGKILL);
            }
            wait(std::chrono::ceil<std::chrono::milliseconds>(deadline - now));
        }
        if (WIFEXITED(status_)) return end(ProcessEnd::How::exited, WEXITSTATUS(status_));
        return end(ProcessEnd::How::signalled, WTERMSIG(status_));
    }

private:
    bool has_ended() { return ::waitpid(pid_, &status_, WNOHANG) == pid_; }

    void wait(std::chrono::milliseconds most)
    {
        std::array<pollfd, 2> watched = {pollfd{pidfd_.number(), POLLIN, 0},
                                         pollfd{output_.number(), POLLIN, 0}};
        // Without a pidfd (an old kernel) the end is looked for often.
        const auto limit = pidfd_.is_open() ? most : std::min(most, std::chrono::milliseconds(20));
        if (::poll(watched.data(), watched.size(), static_cast<int>(limit.count())) <= 0) return;
        if (watched[1].revents != 0) listen();
    }
    /// A few pieces at a time: one that never falls silent must not keep us from the deadline.
    void listen()
    {
        std::array<char, 4096> piece;
        for (int i = 0; i < 16 && output_.is_open(); ++i) {
            const ssize_t count = ::read(output_.number(), piece.data(), piece.size());
            if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
            if (count <= 0) return output_.close();
            const std::size_t room = kMaxWords - words_.size();
            words_.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
        }
    }
    void kill_group()
    {
        ::kill(-pid_, SIGKILL);
        while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
        }
    }
    ProcessEnd end(ProcessEnd::How how, int code)
    {
        listen();
        return {how, code, std::move(words_), has_taken_all()};
    }
    bool has_taken_all()
    {
        int unread = 0;
        const bool is_empty = ::ioctl(input_.number(), FIONREAD, &unread) == 0 && unread == 0;
        input_.close();  // a feeder that still writes hears of it
        return feeder_.has_written_all() && is_empty;
    }

    const pid_t pid_;
    Descriptor pidfd_;
    Descriptor input_;  // the end that the program reads, to see what it has left there
    Descriptor output_;
    Feeder feeder_;
    std::string words_;
    int status_ = 0;
};

}  // namespace

mail::Result<ProcessEnd> run_process(const ProcessRequest& request)
{
    const auto deadline = steady_clock::now() + request.timeout;
    auto input = make_pipe();
    if (!input) return std::move(input).error();
    auto output = make_pipe();
    if (!output) return std::move(output).error();
    auto feeder = Feeder::start(*input, fill(input->write, request.input));
    if (!feeder) return std::move(feeder).error();
    input->write.close();
    const auto pid = spawn(request, input->read.number(), output->write.number());
    if (!pid) {
        input->read.close();  // before the feeder is waited for
        return pid.error();
    }
    output->write.close();
    return Child(*pid, std::move(input->read), std::move(output->read), std::move(*feeder))
        .serve(deadline);
}

}  // namespace postman
