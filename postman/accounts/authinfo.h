/// sendmail's authinfo file, as makemap reads it (cf/README, FEATURE(authinfo)). Pure.
///
///     AuthInfo:smtp.gmail.com:587 "U:root" "I:user" "P:secret" "M:PLAIN"
///
/// `"P=c2VjcmV0"` is the same in base64. The port is ours: sendmail has none there. `AuthInfo:`
/// alone is for every host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postman
{

struct AuthInfo {
    int line = 0;
    std::string host;         // in lower case, without brackets; a domain too; empty: every host
    unsigned short port = 0;  // 0: any
    std::string user;         // I, or U where there is none: the name that is authenticated
    std::string password;
    std::string mechanisms;  // "PLAIN,LOGIN"; empty: any. GSSAPI is left out: we have none
};

/// errors  malformed: "line 3: …"; never with a secret
[[nodiscard]] mail::Result<std::vector<AuthInfo>> parse_authinfo(std::string_view text);

/// The entry for this server, or nullptr: its name with the port, its name, its domains from the
/// longest on, every host.
[[nodiscard]] const AuthInfo* find_authinfo(const std::vector<AuthInfo>& entries,
                                            std::string_view host, unsigned short port);

}  // namespace postman
