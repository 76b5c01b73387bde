#include "postman/accounts/account_way.h"

#include <array>
#include <charconv>
#include <optional>

#include "postman/gmail/gmail_backend.h"

namespace postman
{
namespace
{

using mail::Error;
using mail::ErrorKind;

constexpr std::string_view kDefaultSendmail = "/usr/sbin/sendmail";
constexpr int kLongestTimeout = 400;  // it must end well within the lease

Error malformed(std::string fault)
{
    return {ErrorKind::malformed, std::move(fault)};
}

struct Given {
    const char* name;
    std::string Account::*member;
};
constexpr std::array kSecrets{Given{"password", &Account::password},
                              Given{"password-file", &Account::password_file},
                              Given{"password-command", &Account::password_command}};
constexpr std::array kSmarthostOnly{
    Given{"auth", &Account::auth},        Given{"cert", &Account::cert},
    Given{"key", &Account::key},          Given{"pin", &Account::pin},
    Given{"helo", &Account::helo},        Given{"timeout", &Account::timeout},
    Given{"tls-name", &Account::tls_name}};
constexpr std::array kProviderOnly{Given{"user", &Account::user}, Given{"token", &Account::token},
                                   Given{"ca", &Account::ca}};

template <std::size_t N>
std::optional<Error> fault_if_given(const Account& account, const std::array<Given, N>& names)
{
    for (const Given& given : names)
        if (!(account.*given.member).empty())
            return malformed(std::string(given.name) +
                             " does not belong to deliver = " + account.deliver);
    return std::nullopt;
}

std::optional<Error> fault_of_local(const Account& account)
{
    if (auto fault = fault_if_given(account, kSecrets)) return fault;
    if (auto fault = fault_if_given(account, kSmarthostOnly)) return fault;
    if (!account.endpoint.empty()) return malformed("endpoint belongs to deliver = gmail");
    return fault_if_given(account, kProviderOnly);
}

mail::Result<AccountWay> local_way(const Account& account)
{
    if (auto fault = fault_of_local(account)) return *fault;
    const std::string_view deliver = account.deliver;
    const bool is_maildir = deliver.starts_with("maildir:");
    const std::string path(deliver.size() > 8 ? deliver.substr(is_maildir ? 8 : 9)
                                              : kDefaultSendmail);
    if (!path.starts_with('/')) return malformed("deliver wants an absolute path");
    if (is_maildir) return AccountWay(MaildirWay{path});
    return AccountWay(SendmailWay{path});
}

mail::Result<AccountWay> gmail_way(const Account& account)
{
    if (auto fault = fault_if_given(account, kSecrets)) return *fault;
    if (auto fault = fault_if_given(account, kSmarthostOnly)) return *fault;
    if (account.user.empty() && (account.token.empty() || account.token == "store"))
        return malformed("gmail wants user = ADDRESS, as given to `postman auth`, or a token");
    const std::string& endpoint = account.endpoint;
    if (!endpoint.empty() && (!endpoint.starts_with("https://") || endpoint.ends_with('/')))
        return malformed("endpoint is https://HOST[:PORT]");
    return AccountWay(GmailWay{account.user, account.token.empty() ? "store" : account.token,
                               endpoint.empty() ? kGmailEndpoint : endpoint, account.ca});
}

std::optional<Error> set_timeout(Smarthost& host, const std::string& text)
{
    if (text.empty()) return std::nullopt;
    const std::string digits = text.substr(0, text.size() - (text.back() == 's' ? 1 : 0));
    int seconds = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (error != std::errc() || stop != digits.data() + digits.size() || seconds < 1 ||
        seconds > kLongestTimeout)
        return malformed("timeout is 1s to 400s");
    host.timeout = std::chrono::seconds(seconds);
    return std::nullopt;
}

std::optional<Error> set_mechanisms(Smarthost& host, const std::string& list)
{
    if (list.empty()) return std::nullopt;
    auto mechanisms = parse_mechanisms(list);
    if (!mechanisms) return malformed("auth: " + mechanisms.error().step);
    host.mechanisms = std::move(*mechanisms);
    return std::nullopt;
}

/// The user's secret: the account's own words, else what authinfo has for the server.
std::optional<Error> set_secret(SmarthostWay& way, const Account& account,
                                const std::vector<AuthInfo>& authinfo)
{
    Smarthost& host = way.smarthost;
    way.token = account.token;
    if (!account.password.empty()) host.password = password_given(account.password);
    if (!account.password_file.empty()) host.password = password_of_file(account.password_file);
    if (!account.password_command.empty())
        host.password = password_of_command(account.password_command);
    if (host.password || !way.token.empty() || !account.cert.empty()) return std::nullopt;
    const AuthInfo* entry = find_authinfo(authinfo, host.host, port_of(host));
    if (entry == nullptr || (!host.user.empty() && host.user != entry->user)) return std::nullopt;
    host.user = entry->user;
    if (!entry->password.empty()) host.password = password_given(entry->password);
    return host.mechanisms.empty() ? set_mechanisms(host, entry->mechanisms) : std::nullopt;
}

mail::Result<AccountWay> smarthost_way(const Account& account,
                                       const std::vector<AuthInfo>& authinfo)
{
    if (!account.endpoint.empty()) return malformed("endpoint belongs to deliver = gmail");
    auto parsed = parse_smarthost(account.deliver);
    if (!parsed) return malformed("deliver: " + parsed.error().step);
    SmarthostWay way{std::move(*parsed), {}};
    Smarthost& host = way.smarthost;
    if (!account.user.empty() && !host.user.empty() && account.user != host.user)
        return malformed("user is another one than in deliver");
    if (!account.user.empty()) host.user = account.user;
    host.tls.ca = account.ca;
    host.tls.cert = account.cert;
    host.tls.key = account.key;
    if (!account.pin.empty()) host.tls.pins = {account.pin};
    host.tls.name = account.tls_name;
    if (!account.helo.empty()) host.helo = account.helo;
    if (auto fault = set_timeout(host, account.timeout)) return *fault;
    if (auto fault = set_mechanisms(host, account.auth)) return *fault;
    if (auto fault = set_secret(way, account, authinfo)) return *fault;
    return AccountWay(std::move(way));
}

}  // namespace

mail::Result<AccountWay> way_of(const Account& account, const std::vector<AuthInfo>& authinfo)
{
    const std::string_view deliver = account.deliver;
    if (deliver == "gmail") return gmail_way(account);
    if (deliver == "sendmail" || deliver.starts_with("sendmail:") ||
        deliver.starts_with("maildir:"))
        return local_way(account);
    if (names_smarthost(deliver)) return smarthost_way(account, authinfo);
    return malformed(
        "deliver is gmail, smtp://HOST, smtps://HOST, lmtp://HOST, sendmail, sendmail:PATH or "
        "maildir:DIR");
}

}  // namespace postman
