#include "postman/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace postman
{
namespace
{

using std::chrono::steady_clock;

constexpr std::size_t kMaxWords = 4096;

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

/// One running child: feeds it, listens to it, waits for it.
class Child
{
public:
    Child(pid_t pid, Descriptor input, Descriptor output, std::string_view text)
        : pid_(pid),
          pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
          input_(std::move(input)),
          output_(std::move(output)),
          left_(text)
    {
        ::fcntl(input_.number(), F_SETFL, O_NONBLOCK);
        ::fcntl(output_.number(), F_SETFL, O_NONBLOCK);
        if (left_.empty()) input_.close();
    }

    ProcessEnd serve(steady_clock::time_point deadline)
    {
        while (!has_ended()) {
            const auto now = steady_clock::now();
            if (now >= deadline) {
                kill_group();
                return end_of_killed();
            }
            wait(std::chrono::ceil<std::chrono::milliseconds>(deadline - now));
        }
        listen();
        ProcessEnd end;
        end.how = WIFEXITED(status_) ? ProcessEnd::How::exited : ProcessEnd::How::signalled;
        end.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : WTERMSIG(status_);
        end.words = std::move(words_);
        end.has_taken_all = left_.empty();
        return end;
    }

private:
    bool has_ended() { return ::waitpid(pid_, &status_, WNOHANG) == pid_; }

    void wait(std::chrono::milliseconds most)
    {
        std::array<pollfd, 3> watched = {pollfd{pidfd_.number(), POLLIN, 0},
                                         pollfd{output_.number(), POLLIN, 0},
                                         pollfd{input_.number(), POLLOUT, 0}};
        // Without a pidfd (an old kernel) the end is looked for often.
        const auto limit = pidfd_.is_open() ? most : std::min(most, std::chrono::milliseconds(20));
        if (::poll(watched.data(), watched.size(), static_cast<int>(limit.count())) <= 0) return;
        if (watched[1].revents != 0) listen();
        if (watched[2].revents != 0) feed();
    }
    void feed()
    {
        const ssize_t count = ::write(input_.number(), left_.data(), left_.size());
        if (count >= 0)
            left_.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EAGAIN && errno != EINTR)
            input_.close();  // it reads no more
        if (left_.empty()) input_.close();
    }
    void listen()
    {
        std::array<char, 4096> piece;
        while (output_.is_open()) {
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
    ProcessEnd end_of_killed()
    {
        listen();
        return {ProcessEnd::How::timed_out, SIGKILL, std::move(words_), left_.empty()};
    }

    const pid_t pid_;
    Descriptor pidfd_;
    Descriptor input_;
    Descriptor output_;
    std::string_view left_;
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
    const auto pid = spawn(request, input->read.number(), output->write.number());
    if (!pid) return pid.error();
    input->read.close();
    output->write.close();
    return Child(*pid, std::move(input->write), std::move(output->read), request.input)
        .serve(deadline);
}

}  // namespace postman
