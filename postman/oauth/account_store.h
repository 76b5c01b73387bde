/// The accounts in the state directory: `oauth/USER.json`, one file each, mode 0600, replaced
/// whole and durably; beside it `USER.lock`, held by who renews.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/lock_file.h"
#include "common/spool/files.h"
#include "postman/oauth/account.h"

namespace postman::oauth
{

/// What a reader of the store may show: no secret is in it.
struct AccountStatus {
    std::string user = {};
    std::string provider = {};
    WallSeconds expires_at = 0;  // of the access token; 0: there is none
    WallSeconds renewed_at = 0;
    WallSeconds failed_at = 0;    // of the last renewal, where it failed
    std::string last_error = {};  // of that; or why the file cannot be used
    bool needs_person = false;    // the grant is lost or the file is unusable: `mend` mends it
    std::string mend = {};        // the command
};

class AccountStore
{
public:
    /// state  of postman; the accounts are in its oauth/
    AccountStore(std::string state, mail::Files& files);

    /// errors  malformed: a name that can be no file's
    ///         missing:   no such account, with the command that makes one
    ///         refused:   others may read the file, or it is cut off, or another user's: with the
    ///                    command that mends it
    ///         temporary: it cannot be read
    [[nodiscard]] mail::Result<Account> read(const std::string& user) const;
    /// Durable when it returns; the old content stays until then.
    /// errors  temporary: with the step: disk full, no such directory
    /// blocks  for two syncs
    [[nodiscard]] mail::Result<mail::Done> write(const Account& account);

    /// Waits for whoever renews this account in any process.
    /// errors  conflict: still held after `patience`; temporary
    [[nodiscard]] mail::Result<mail::LockFile> lock(const std::string& user,
                                                    std::chrono::milliseconds patience,
                                                    std::stop_token stop) const;

    /// Every account, by name. A file that cannot be used is in it, with the reason.
    [[nodiscard]] std::vector<AccountStatus> list() const;

private:
    [[nodiscard]] mail::Result<mail::Done> make_directory() const;
    [[nodiscard]] mail::Result<std::string> stem(const std::string& user) const;

    const std::string state_;
    const std::string directory_;
    mail::Files& files_;
};

/// For whoever shows or exports the state of tokens: accounts under `state`, or none.
[[nodiscard]] std::vector<AccountStatus> account_statuses(const std::string& state);

/// "web@shop.example" as a file's name: what is neither a letter, a digit nor one of @ . _ - is
/// percent-encoded. errors  malformed: empty, over 150 octets, or with a control character
[[nodiscard]] mail::Result<std::string> account_file_stem(const std::string& user);

}  // namespace postman::oauth
