#include "postman/oauth/broker_protocol.h"

#include <algorithm>

#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

/// Visible, ASCII or not.
bool is_word(std::string_view text)
{
    const auto fits = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 127; };
    return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

}  // namespace

mail::Result<BrokerRequest> parse_broker_request(std::string_view text)
{
    const auto malformed = [](const char* what) {
        return mail::Error{mail::ErrorKind::malformed, what};
    };
    if (text.size() > kMaxBrokerRequest) return malformed("the request is too long");
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return malformed("not PROTO user@domain");
    const std::string_view words = text.substr(0, space);
    const std::string_view protocol = words.substr(0, words.find(','));
    const std::string_view user = text.substr(space + 1);
    if (!is_word(words) || protocol.empty()) return malformed("the protocol is not sound");
    if (!is_word(user)) return malformed("the user is not sound");
    return BrokerRequest{std::string(protocol), std::string(user)};
}

std::string broker_request(const BrokerRequest& request)
{
    return request.protocol + " " + request.user;
}

mail::Result<std::string> parse_broker_answer(std::string_view text, std::string_view user)
{
    const auto unsound = [](std::string what) {
        return mail::Error{mail::ErrorKind::temporary, std::move(what)};
    };
    if (text.empty())
        return unsound("the broker closed without a token: does it know " + std::string(user) +
                       ", and the protocol? Its log says more");
    const std::string head = "user=" + std::string(user) + "\x01" + "auth=Bearer ";
    constexpr std::string_view kTail = "\x01\x01";
    if (text.size() > kMaxBrokerAnswer || !text.starts_with(head) || !text.ends_with(kTail) ||
        text.size() < head.size() + kTail.size())
        return unsound("the broker's answer is not XOAUTH2's string for " + std::string(user));
    text.remove_prefix(head.size());
    text.remove_suffix(kTail.size());
    if (!is_token(text)) return unsound("the broker's token holds what no token may hold");
    return std::string(text);
}

std::string xoauth2(std::string_view user, std::string_view token)
{
    return std::string("user=")
        .append(user)
        .append(
            "\x01"
            "auth=Bearer ")
        .append(token)
        .append("\x01\x01");
}

}  // namespace postman::oauth
