#include <algorithm>

#include "common/config.h"
#include "postman/oauth/secret.h"
#include "postman/process.h"
#include "postman/smtp/smarthost.h"

namespace postman
{
namespace
{

constexpr std::chrono::seconds kCommandTime{30};

mail::Result<std::string> first_line(const ProcessEnd& end)
{
    if (end.how == ProcessEnd::How::timed_out)
        return mail::Error{mail::ErrorKind::temporary, "the password command took over 30 s"};
    if (end.how != ProcessEnd::How::exited || end.code != 0)
        return mail::Error{mail::ErrorKind::temporary,
                           "the password command failed (" + std::to_string(end.code) + ")"};
    std::string line = end.words.substr(0, end.words.find('\n'));
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty())
        return mail::Error{mail::ErrorKind::temporary, "the password command printed nothing"};
    return line;
}

}  // namespace

PasswordSource password_of_file(std::string path)
{
    return [path = std::move(path)](std::stop_token) { return mail::read_secret(path); };
}

PasswordSource password_of_command(std::string command)
{
    return [command = std::move(command)](std::stop_token) -> mail::Result<std::string> {
        auto end = run_process({.path = "/bin/sh",
                                .arguments = {"sh", "-c", command},
                                .input = {},
                                .timeout = kCommandTime,
                                .is_stderr_heard = false,
                                .keeps_environment = true});
        if (!end) return std::move(end).error();
        const oauth::WipeAtEnd wiped(end->words);
        return first_line(*end);
    };
}

PasswordSource password_given(std::string password)
{
    return [password = std::move(password)](std::stop_token) -> mail::Result<std::string> {
        return password;
    };
}

}  // namespace postman
