/// Secrets without files and commands: these tests read no secret from either.
#include "postman/smtp/smarthost.h"

namespace postman
{

PasswordSource password_given(std::string password)
{
    return [password](std::stop_token) -> mail::Result<std::string> { return password; };
}
PasswordSource password_of_file(std::string path)
{
    return password_given(std::move(path));
}
PasswordSource password_of_command(std::string command)
{
    return password_given(std::move(command));
}

}  // namespace postman
