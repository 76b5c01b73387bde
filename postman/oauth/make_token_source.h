/// Token sources by their names in configuration files:
///
///     store            what `postman auth --user U` stored for this user
///     store:NAME       the same for another user's name
///     command:WORDS    run by /bin/sh -c; the first line it prints is the token (msmtp's
///                      passwordeval)
///     socket:PATH      a broker: `postman broker`, or cloud_mdir_sync's
///     file:PATH        the first line of a file that somebody else keeps fresh
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/spool/files.h"
#include "common/web/web_client.h"
#include "postman/token_source.h"

namespace postman
{

struct TokenSettings {
    std::string user;                        // whose token: "web@shop.example"
    std::string state = "/var/lib/postman";  // the accounts are in its oauth/
    std::string protocol = "SMTP";           // asked of a broker: SMTP or IMAP
    std::chrono::seconds command_timeout{60};
    std::string provider = {};  // "google": an account of the store with microsoft is refused
};

/// What tests put in place of the system.
struct TokenSeams {
    /// Makes a client that trusts `ca_file`, or the system's CAs where that is empty.
    using WebClientMaker =
        std::function<std::unique_ptr<mail::web::WebClient>(const std::string& ca_file)>;
    WebClientMaker make_web_client = nullptr;  // nullptr: https_web_client.h
    const mail::Clock& clock = mail::system_clock();
    mail::Files& files = mail::system_files();
};

/// Looks at the words only: whether the store has the account, or the socket is there, the first
/// token() tells.
///
/// errors  malformed: no such kind of source, a path that is not absolute
[[nodiscard]] mail::Result<std::unique_ptr<TokenSource>> make_token_source(
    std::string_view spec, const TokenSettings& settings, const TokenSeams& seams = {});

}  // namespace postman
