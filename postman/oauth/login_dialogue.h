/// The dialogues of `postman token --test-smtp` and `--test-imap`: does a server take this token?
/// Told line by line, without the token. Pure: the connection is a seam.
#pragma once

#include <functional>
#include <string>

#include "common/result.h"

namespace postman::oauth
{

/// A connection by lines, to a server that is not trusted.
class LineConnection
{
public:
    virtual ~LineConnection() = default;
    /// Without its line end. errors  temporary: cut, too late, too long
    [[nodiscard]] virtual mail::Result<std::string> read_line() = 0;
    [[nodiscard]] virtual mail::Result<mail::Done> write_line(const std::string& line) = 0;
    /// errors  refused: no TLS, or the certificate
    [[nodiscard]] virtual mail::Result<mail::Done> start_tls() = 0;
};

struct Login {
    std::string user;
    std::string token;
    std::function<void(const std::string& line)> tell;
};

/// EHLO, STARTTLS, EHLO, AUTH XOAUTH2 without initial response, as on port 587.
/// errors  refused: the server's words; temporary: the connection
[[nodiscard]] mail::Result<mail::Done> test_smtp_login(LineConnection& connection,
                                                       const Login& login);
/// On a connection with TLS: AUTHENTICATE XOAUTH2, then the INBOX is selected.
[[nodiscard]] mail::Result<mail::Done> test_imap_login(LineConnection& connection,
                                                       const Login& login);

}  // namespace postman::oauth
