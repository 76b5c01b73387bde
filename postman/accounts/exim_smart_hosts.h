/// The lines of /etc/exim4/exim-smart-hosts, as cloud_mdir_sync's Exim configuration looks them up
/// (lsearch): one sender domain each. Pure.
///
///     domain.com: host=smtp.office365.com::587 helo=cms user=user@domain.com oauth=/run/cms.sock
///     other.org:  host=smtp.other.org::465 user=web password="se cret"
///
/// `*:` serves whoever no other line does. `::` is Exim's way to write a colon; without a port it
/// is 587, and 465 has TLS from the first byte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "postman/accounts/account.h"

namespace postman
{

/// Accounts named after their domains. The one of `*` serves nobody by name: it is the default.
/// errors  malformed: "line 3: …"; never with a secret
[[nodiscard]] mail::Result<std::vector<Account>> parse_exim_smart_hosts(std::string_view text);

}  // namespace postman
