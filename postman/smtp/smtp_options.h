/// The options of the ways out over SMTP and LMTP, and the smarthost that they make.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "postman/smtp/smarthost.h"

namespace CLI
{
class App;
}

namespace postman
{

struct SmtpOptions {
    std::string password_file;
    std::string password_command;
    std::string token;  // as make_token_source() names them
    std::string ca;
    std::string cert;
    std::string key;
    std::vector<std::string> pins;
    std::string server_name;
    std::string helo;
    std::string mechanisms;
};

void declare_smtp_options(CLI::App& app, SmtpOptions& options);

/// `deliver` with what the options say.
///
/// state   of the courier: tokens are stored there
/// errors  malformed: with the option's name
[[nodiscard]] mail::Result<Smarthost> smarthost_of(std::string_view deliver,
                                                   const SmtpOptions& options,
                                                   const std::string& state,
                                                   std::chrono::seconds timeout);

}  // namespace postman
