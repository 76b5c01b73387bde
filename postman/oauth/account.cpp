#include "postman/oauth/account.h"

#include "common/web/web_url.h"
#include "postman/oauth/json_object.h"
#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

using nlohmann::json;

constexpr int kVersion = 1;

struct RenewalName {
    Account::Renewal renewal;
    const char* name;
};
constexpr RenewalName kRenewals[] = {
    {Account::Renewal::refresh_token, "refresh_token"},
    {Account::Renewal::client_credentials, "client_credentials"},
    {Account::Renewal::service_key, "service_key"},
};

mail::Error corrupt(const char* what)
{
    return {mail::ErrorKind::corrupt, what};
}

json key_json(const ServiceKey& key)
{
    return {{"client_email", key.email},
            {"private_key_id", key.key_id},
            {"private_key", key.private_key}};
}

WallSeconds time_of(const json& object, const char* key)
{
    constexpr WallSeconds kEndOfTime = 253'402'300'799;  // of the year 9999
    const auto time = number_of(object, key).value_or(0);
    return time > 0 && time <= kEndOfTime ? time : 0;
}

bool read_renewal(Account& account, const json& object)
{
    for (const auto& [renewal, name] : kRenewals) {
        if (text_of(object, "renewal") != name) continue;
        account.renewal = renewal;
        return true;
    }
    return false;
}

void read_texts(Account& account, const json& object)
{
    account.user = text_of(object, "user");
    account.provider = text_of(object, "provider");
    account.token_url = text_of(object, "token_url");
    account.scope = text_of(object, "scope");
    account.ca = text_of(object, "ca");
    account.client = {text_of(object, "client_id"), text_of(object, "client_secret"),
                      text_of(object, "client_authentication") == "basic"};
    account.refresh_token = text_of(object, "refresh_token");
    account.access_token = text_of(object, "access_token");
    account.last_error = text_of(object, "last_error");
    if (const auto key = object.find("service_key"); key != object.end() && key->is_object())
        account.key = {text_of(*key, "client_email"), text_of(*key, "private_key_id"),
                       text_of(*key, "private_key"), account.token_url};
}

void read_times(Account& account, const json& object)
{
    account.obtained_at = time_of(object, "obtained_at");
    account.expires_at = time_of(object, "expires_at");
    account.rejected_at = time_of(object, "rejected_at");
    account.renewed_at = time_of(object, "renewed_at");
    account.failed_at = time_of(object, "failed_at");
    account.retry_at = time_of(object, "retry_at");
    const auto lost = object.find("is_lost");
    account.is_lost = lost != object.end() && lost->is_boolean() && lost->get<bool>();
}

bool can_renew(const Account& account)
{
    switch (account.renewal) {
        case Account::Renewal::refresh_token:
            return is_token(account.refresh_token);
        case Account::Renewal::client_credentials:
            return !account.client.id.empty();
        case Account::Renewal::service_key:
            return !account.key.email.empty() && !account.key.private_key.empty();
    }
    return false;
}

}  // namespace

WallSeconds wall_seconds(mail::WallTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

Account::~Account()
{
    for (std::string* secret : {&refresh_token, &access_token, &client.secret, &key.private_key})
        wipe(*secret);
}

bool Account::operator==(const Account& other) const
{
    return encode_account(*this) == encode_account(other);
}

std::string encode_account(const Account& account)
{
    json object = {{"version", kVersion},
                   {"user", account.user},
                   {"provider", account.provider},
                   {"token_url", account.token_url},
                   {"scope", account.scope},
                   {"ca", account.ca},
                   {"client_id", account.client.id},
                   {"client_secret", account.client.secret},
                   {"client_authentication", account.client.uses_basic ? "basic" : "body"},
                   {"refresh_token", account.refresh_token},
                   {"access_token", account.access_token},
                   {"obtained_at", account.obtained_at},
                   {"expires_at", account.expires_at},
                   {"rejected_at", account.rejected_at},
                   {"renewed_at", account.renewed_at},
                   {"last_error", account.last_error},
                   {"failed_at", account.failed_at},
                   {"retry_at", account.retry_at},
                   {"is_lost", account.is_lost}};
    for (const auto& [renewal, name] : kRenewals)
        if (renewal == account.renewal) object["renewal"] = name;
    if (account.renewal == Account::Renewal::service_key)
        object["service_key"] = key_json(account.key);
    return object.dump(1, ' ', true, json::error_handler_t::replace) + "\n";
}

mail::Result<Account> decode_account(std::string_view text)
{
    const auto object = parse_object(text);
    if (!object) return corrupt("it is cut off or not whole");
    if (number_of(*object, "version") != kVersion)
        return corrupt("it is not of this version of postman");
    Account account;
    if (!read_renewal(account, *object)) return corrupt("it does not say how to renew");
    read_texts(account, *object);
    read_times(account, *object);
    if (account.user.empty()) return corrupt("it names no user");
    if (!mail::web::parse_web_url(account.token_url)) return corrupt("its token_url is not sound");
    if (!account.access_token.empty() && !is_token(account.access_token))
        return corrupt("its access_token holds what no token may hold");
    if (!can_renew(account)) return corrupt("it has nothing to renew with");
    return account;
}

std::string mending_command(const Account& account)
{
    return "postman auth --provider " + account.provider + " --user " + account.user;
}

}  // namespace postman::oauth
