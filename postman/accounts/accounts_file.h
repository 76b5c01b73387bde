/// The accounts file: `name = value` lines as in the other configuration files, and a section
/// `[NAME]` for each account. Pure. What each name means: docs/ways-out.md.
///
///     default = shop
///     [shop]
///     for = shop.example
///     deliver = smtp://web@shop.example@smtp.provider.example:587
///     password-file = /etc/postoffice/shop.password
///     per-day = 2000
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "postman/accounts/account.h"

namespace postman
{

/// What stands before the first section.
struct AccountsFile {
    std::string default_account;  // empty: mail that nobody serves is held
    int default_line = 0;
    std::vector<std::string> authinfo;          // sendmail's files with secrets
    std::vector<std::string> exim_smart_hosts;  // cloud_mdir_sync's and Exim's
    std::string genericstable;
    std::vector<std::string> generics_domains;  // class {G}
    std::string generics_domain_file;
    bool generics_entire_domain = false;
    std::vector<Account> accounts;
};

/// errors  malformed: "line 12: …": no such name (with the nearest one), a value that is none, a
///         name or a served address twice, two secrets, no `deliver`
[[nodiscard]] mail::Result<AccountsFile> parse_accounts_file(std::string_view text);

/// An address or domain that an account can serve, in lower case. errors  malformed
[[nodiscard]] mail::Result<std::string> parse_served(std::string_view text);

}  // namespace postman
