/// From an account's words to the way out that they mean. Pure; opens nothing.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "common/result.h"
#include "postman/accounts/account.h"
#include "postman/accounts/authinfo.h"
#include "postman/smtp/smarthost.h"

namespace postman
{

struct SendmailWay {
    std::string path;
};
struct MaildirWay {
    std::string directory;
};
struct GmailWay {
    std::string user;  // whose token it is
    std::string token;
    std::string endpoint;
    std::string ca;
};
struct SmarthostWay {
    Smarthost smarthost;  // complete but for the token source
    std::string token;    // its words; empty: none
};
using AccountWay = std::variant<SendmailWay, MaildirWay, GmailWay, SmarthostWay>;

/// authinfo  gives a smarthost's user and password where the account names no secret
/// errors    malformed: a line for people: no such way out, options that do not belong to it, a
/// user
///           without a secret
[[nodiscard]] mail::Result<AccountWay> way_of(const Account& account,
                                              const std::vector<AuthInfo>& authinfo);

}  // namespace postman
