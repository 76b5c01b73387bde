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

constexpr std::size_t kUsualPipeBytes = 64 * 1024;
constexpr std::size_t kLargestPipeBytes = 1024 * 1024;  // what Linux gives to anybody
constexpr int kFeederMayEndMs = 1000;
constexpr int kFeederRestsMs = 20;

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

std::vector<std::string> whole_environment()
{
    std::vector<std::string> environment;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
        environment.emplace_back(*variable);
    return environment;
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
    SpawnPlan(int input, int output, bool is_stderr_heard)
    {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, input, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, 1);
        if (is_stderr_heard)
            ::posix_spawn_file_actions_adddup2(&actions_, output, 2);
        else
            ::posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);
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
    std::vector<std::string> environment =
        request.keeps_environment ? whole_environment() : clean_environment();
    const SpawnPlan plan(input, output, request.is_stderr_heard);
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
        if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
        if (count >= 0 || errno == EINTR) continue;
        if (errno == EPIPE) ::_exit(1);
        ::poll(nullptr, 0, kFeederRestsMs);  // no memory for a page of the pipe: there will be
    }
    ::_exit(0);
}

/// A process that writes what did not fit into the pipe. We may be killed while it does, or it may
/// be: both hold the pipe's last end, so the program sees no end before all is written, unless both
/// are gone.
class Feeder
{
public:
    Feeder() = default;
    Feeder(Feeder&& other) noexcept
        : pid_(std::exchange(other.pid_, 0)),
          pidfd_(std::move(other.pidfd_)),
          has_written_all_(other.has_written_all_)
    {
    }
    Feeder& operator=(Feeder&&) = delete;
    ~Feeder() { end(); }

    /// Before the program runs.
    /// errors  temporary: no process left
    static mail::Result<Feeder> start(const Pipe& pipe, std::string_view input)
    {
        Feeder feeder;
        if (input.empty()) return feeder;
        feeder.has_written_all_ = false;
        const pid_t pid = ::fork();
        if (pid == 0) feed_and_exit(pipe, input);
        if (pid < 0) return failed("start a process that feeds", errno);
        feeder.pid_ = pid;
        feeder.pidfd_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
        return feeder;
    }

    int pidfd() const { return pidfd_.number(); }
    bool has_ended() { return pid_ == 0 || (::waitpid(pid_, &status_, WNOHANG) == pid_ && reap()); }
    bool has_written_all() const { return has_written_all_; }

    /// Once nobody but a child that the program left behind can be reading.
    void end()
    {
        if (pid_ == 0) return;
        pollfd ended = {pidfd_.number(), POLLIN, 0};
        if (::poll(&ended, 1, kFeederMayEndMs) <= 0) ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
        }
        reap();
    }

private:
    bool reap()
    {
        pid_ = 0;
        has_written_all_ = WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
        return true;
    }

    pid_t pid_ = 0;
    Descriptor pidfd_;
    int status_ = 0;
    bool has_written_all_ = true;
};

/// One running child: listens to it, waits for it.
class Child
{
public:
    Child(pid_t pid, std::size_t max_words, Pipe input, Descriptor output, Feeder feeder)
        : pid_(pid),
          max_words_(max_words),
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
            if (feeder_.has_ended()) {
                if (!feeder_.has_written_all()) {
                    kill_group();
                    return end(ProcessEnd::How::not_fed, SIGKILL);
                }
                input_.write.close();
            }
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
        const int fed = input_.write.is_open() ? feeder_.pidfd() : -1;
        std::array<pollfd, 3> watched = {pollfd{pidfd_.number(), POLLIN, 0},
                                         pollfd{output_.number(), POLLIN, 0},
                                         pollfd{fed, POLLIN, 0}};
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
            const std::size_t room = max_words_ - words_.size();
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
        const bool is_empty = ::ioctl(input_.read.number(), FIONREAD, &unread) == 0 && unread == 0;
        input_.read.close();  // a feeder that still writes hears of it
        feeder_.end();
        return feeder_.has_written_all() && is_empty;
    }

    const pid_t pid_;
    const std::size_t max_words_;
    Descriptor pidfd_;
    Pipe input_;  // the end that it reads, to see what it has left there; the other: Feeder
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
    const auto pid = spawn(request, input->read.number(), output->write.number());
    if (!pid) {
        input->read.close();  // before the feeder is waited for
        return pid.error();
    }
    output->write.close();
    return Child(*pid, request.max_words, std::move(*input), std::move(output->read),
                 std::move(*feeder))
        .serve(deadline);
}

}  // namespace postman
