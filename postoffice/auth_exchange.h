/// What is said between AUTH and the password's check: the mechanisms PLAIN (RFC 4616) and LOGIN,
/// with an initial response or by challenges (RFC 4954 4). Pure; knows no user.
#pragma once

#include <string>
#include <string_view>

#include "common/users/users.h"

namespace postoffice
{

class AuthExchange
{
public:
    enum class Step {
        challenge,    // say challenge() with 334, then on_line()
        credentials,  // take() has them
        cancelled,    // by a line with *
        malformed,    // no base64, or not what the mechanism wants
        no_mechanism,
    };

    /// argument  of AUTH: "PLAIN", "PLAIN AGFubgBzZWNyZXQ=", "LOGIN", ...
    Step begin(std::string_view argument);
    /// After Step::challenge, without CR LF.
    Step on_line(std::string_view line);

    /// In base64.
    std::string_view challenge() const { return challenge_; }
    mail::Credentials take() { return std::move(credentials_); }

private:
    enum class Wants { plain, login_name, login_password };

    Step take_plain(std::string octets);
    Step take_login(std::string octets);

    Wants wants_ = Wants::plain;
    std::string_view challenge_;
    mail::Credentials credentials_;
};

}  // namespace postoffice
