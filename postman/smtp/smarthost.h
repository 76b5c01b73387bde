/// A smarthost: where it is, how far it is trusted, how we sign in. Whoever has one of these gets a
/// way out with make_smtp_backend(); nothing here opens a socket.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "postman/delivery_backend.h"
#include "postman/token_source.h"

namespace postman
{

/// In the order in which they are chosen where the server offers several.
enum class Mechanism {
    external,     // RFC 4422 A: the client certificate says who we are
    oauthbearer,  // RFC 7628; wants a token
    xoauth2,      // Google's and Microsoft's; wants a token
    plain,        // RFC 4616; the rest want a password
    login,
    cram_md5,    // RFC 2195
    digest_md5,  // RFC 2831
};
/// "PLAIN", as EHLO says it.
[[nodiscard]] std::string_view name_of(Mechanism mechanism);
/// "PLAIN,LOGIN", in any case. errors  malformed: with the names there are
[[nodiscard]] mail::Result<std::vector<Mechanism>> parse_mechanisms(std::string_view list);

/// Gives the password when it is needed, once for each connection. Called from any thread.
///
/// errors  temporary: the command failed; refused: the file cannot be used
using PasswordSource = std::function<mail::Result<std::string>(std::stop_token stop)>;
/// As mail::read_secret: a file, or a name in $CREDENTIALS_DIRECTORY.
[[nodiscard]] PasswordSource password_of_file(std::string path);
/// The first line that `/bin/sh -c command` writes, as msmtp's passwordeval; at most 30 s.
[[nodiscard]] PasswordSource password_of_command(std::string command);
/// One that a file with accounts holds itself.
[[nodiscard]] PasswordSource password_given(std::string password);

/// Certificates are verified always. TLS is demanded of every server that is not on loopback; there
/// it is demanded as soon as anything below is set, or somebody signs in.
struct TlsRules {
    std::string ca;                 // PEM file instead of the system's authorities
    std::string cert;               // PEM file: our certificate, with its chain
    std::string key;                // PEM file
    std::vector<std::string> pins;  // "sha256//BASE64" of the public key (RFC 7469 2.4): one must
                                    // match; then no authority is asked for the name
    std::string name;               // in the server's certificate; empty: `host`. A unix socket
                                    // has no host: there it is needed, or a pin instead of a CA
};

struct Smarthost {
    enum class Scheme {
        smtp,   // RFC 5321; STARTTLS (RFC 3207)
        smtps,  // TLS from the first byte (RFC 8314)
        lmtp,   // RFC 2033: one reply for each recipient after the dot
    };
    Scheme scheme = Scheme::smtp;
    std::string host;         // a name or an address, without brackets; empty with a socket
    unsigned short port = 0;  // 0: the scheme's own, port_of()
    std::string socket;       // LMTP on a unix socket: its path
    TlsRules tls;
    std::string user;                    // empty: no password and no token is sent
    PasswordSource password;             // may be empty
    std::shared_ptr<TokenSource> token;  // may be empty
    /// Only these. Empty: whatever is offered and we have the means for. Never without TLS.
    std::vector<Mechanism> mechanisms;
    /// Said in EHLO and LHLO. The default tells of no machine at all, so never of the origin.
    std::string helo = "[127.0.0.1]";
    std::chrono::seconds timeout{300};  // for one mail, all in all; sign-in and connection included
};

/// "smtp://[USER@]HOST[:PORT]", "smtps://…", "lmtp://…"; short "smtp:localhost",
/// "lmtp:/run/socket". USER may hold an `@`, or `%40`; a password is refused: every user of this
/// host could read it. Ports: smtp 25 on loopback, else 587; smtps 465; lmtp 24.
///
/// errors  malformed: a line for people
[[nodiscard]] mail::Result<Smarthost> parse_smarthost(std::string_view text);
/// Does `text` begin as one?
[[nodiscard]] bool names_smarthost(std::string_view text);

/// What does not go together: a user without a secret, a key without its certificate, an EHLO name
/// that is none, a pin that is none. Looks at no file.
[[nodiscard]] std::optional<std::string> fault_in(const Smarthost& smarthost);

[[nodiscard]] unsigned short port_of(const Smarthost& smarthost);
/// localhost, 127.0.0.0/8, ::1 or a unix socket. Another name that leads there does not count.
[[nodiscard]] bool is_on_loopback(const Smarthost& smarthost);
/// By the rules above. Where this is false, the connection never leaves the machine, and nobody
/// signs in over it.
[[nodiscard]] bool demands_tls(const Smarthost& smarthost);
/// A user was given, or EXTERNAL was named.
[[nodiscard]] bool wants_sign_in(const Smarthost& smarthost);
/// "smtp://user@host:587", for logs.
[[nodiscard]] std::string describe(const Smarthost& smarthost);

/// "host:587" or the socket's path, for reasons.
[[nodiscard]] std::string server_of(const Smarthost& smarthost);

/// Connections are opened as they are needed, kept while mails follow each other, and closed with
/// the backend. check() reads the certificate files and does not connect.
[[nodiscard]] std::unique_ptr<DeliveryBackend> make_smtp_backend(Smarthost smarthost);

}  // namespace postman
