/// An account: a way out with its secrets and limits, and whose mail it serves. As a section of the
/// accounts file says it (accounts_file.h), or a line of exim-smart-hosts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace postman
{

struct AccountLimits {
    std::uint32_t per_minute = 0;  // in any 60 s; 0: no limit
    std::uint32_t per_day = 0;     // in any 24 h
    bool counts_recipients = false;

    bool is_empty() const { return per_minute == 0 && per_day == 0; }
};

struct Account {
    std::string name = {};
    std::string file = {};  // where it stands, for messages
    int line = 0;

    /// In lower case: "web@shop.example", "shop.example", ".shop.example" (what is under it).
    std::vector<std::string> serves = {};
    std::string deliver = {};  // as --deliver: "gmail", "smtp://HOST", "sendmail", "maildir:DIR", …

    std::string user = {};
    std::string password = {};  // in the file itself
    std::string password_file = {};
    std::string password_command = {};
    std::string token = {};  // a token source: make_token_source.h
    std::string auth = {};   // SASL mechanisms, in the order wanted
    std::string ca = {};
    std::string cert = {};
    std::string key = {};
    std::string pin = {};
    std::string tls_name = {};
    std::string helo = {};
    std::string timeout = {};
    std::string endpoint = {};  // Gmail's API, elsewhere
    AccountLimits limits = {};
};

/// "accounts.conf: line 12", for messages.
[[nodiscard]] inline std::string place_of(const Account& account)
{
    return account.file + ": line " + std::to_string(account.line);
}

}  // namespace postman
