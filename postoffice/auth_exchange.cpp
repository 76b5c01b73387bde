#include "postoffice/auth_exchange.h"

#include <openssl/crypto.h>

#include "common/base64.h"
#include "common/privacy/message_view.h"

namespace postoffice
{

using mail::privacy::equals_ignoring_case;

AuthExchange::Step AuthExchange::begin(std::string_view argument)
{
    const std::string_view mechanism = argument.substr(0, argument.find(' '));
    std::string_view response = argument.substr(mechanism.size());
    while (response.starts_with(' ')) response.remove_prefix(1);

    if (equals_ignoring_case(mechanism, "PLAIN")) {
        wants_ = Wants::plain;
        challenge_ = "";
    } else if (equals_ignoring_case(mechanism, "LOGIN")) {
        wants_ = Wants::login_name;
        challenge_ = "VXNlcm5hbWU6";  // Username:
    } else {
        return Step::no_mechanism;
    }
    if (response.empty()) return Step::challenge;
    return on_line(response == "=" ? "" : response);  // "=" is an empty response (RFC 4954 4)
}

AuthExchange::Step AuthExchange::on_line(std::string_view line)
{
    if (line == "*") return Step::cancelled;
    auto octets = mail::base64_decode(line);
    if (!octets) return Step::malformed;
    return wants_ == Wants::plain ? take_plain(std::move(*octets)) : take_login(std::move(*octets));
}

// [authorization identity] NUL authentication identity NUL password
AuthExchange::Step AuthExchange::take_plain(std::string octets)
{
    Step step = Step::malformed;
    const auto first = octets.find('\0');
    const auto second = first == std::string::npos ? first : octets.find('\0', first + 1);
    if (second != std::string::npos && octets.find('\0', second + 1) == std::string::npos) {
        const std::string authorized = octets.substr(0, first);
        credentials_ = {octets.substr(first + 1, second - first - 1), octets.substr(second + 1)};
        // Nobody acts for somebody else here.
        if (authorized.empty() || authorized == credentials_.name) step = Step::credentials;
    }
    OPENSSL_cleanse(octets.data(), octets.size());
    return step;
}

AuthExchange::Step AuthExchange::take_login(std::string octets)
{
    if (wants_ == Wants::login_password) {
        credentials_.password = std::move(octets);
        return Step::credentials;
    }
    credentials_.name = std::move(octets);
    wants_ = Wants::login_password;
    challenge_ = "UGFzc3dvcmQ6";  // Password:
    return Step::challenge;
}

}  // namespace postoffice
