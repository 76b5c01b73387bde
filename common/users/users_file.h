/// The users file: `name:hash` lines, as htpasswd -B and mkpasswd write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace mail
{

struct UserEntry {
    std::string name;
    std::string hash;  // crypt(3): yescrypt $y$, bcrypt $2b$ or $2y$, sha512crypt $6$, sha256crypt
                       // $5$, scrypt $7$
    bool operator==(const UserEntry&) const = default;
};

inline constexpr std::size_t kMaxUsersFileBytes = 1024 * 1024;

/// Pure. Empty lines and lines that start with # are passed over.
/// errors  malformed: "line 3: …": no colon, an unsound name, a name twice, a hash that crypt(3)
/// does not
///         take or that is cut short; or no user at all
[[nodiscard]] mail::Result<std::vector<UserEntry>> parse_users(std::string_view text);

/// Reads and parses the file; a bare name is looked for in $CREDENTIALS_DIRECTORY.
/// errors  refused:   open to everybody
///         temporary: cannot be read
///         malformed: as above, with the path before the line
[[nodiscard]] mail::Result<std::vector<UserEntry>> read_users_file(const std::string& path);

}  // namespace mail
