#include "postman/oauth/provider.h"

#include <algorithm>
#include <functional>
#include <set>

#include "common/config.h"
#include "common/web/web_url.h"

namespace postman::oauth
{
namespace
{

constexpr const char* kGmailSend = "https://www.googleapis.com/auth/gmail.send";
constexpr const char* kGmailAll = "https://mail.google.com/";

mail::Error malformed(std::string what)
{
    return {mail::ErrorKind::malformed, std::move(what)};
}

Provider google()
{
    Provider google;
    google.name = "google";
    google.authorization_url = "https://accounts.google.com/o/oauth2/v2/auth";
    google.token_url = "https://oauth2.googleapis.com/token";
    google.device_url = "https://oauth2.googleapis.com/device/code";
    google.scope = kGmailSend;
    // Without both, Google gives a refresh token at the first consent only.
    google.parameters = {{"access_type", "offline"}, {"prompt", "consent"}};
    return google;
}

Provider microsoft(std::string_view tenant)
{
    const std::string base =
        "https://login.microsoftonline.com/" + std::string(tenant) + "/oauth2/v2.0/";
    Provider microsoft;
    microsoft.name = "microsoft";
    microsoft.authorization_url = base + "authorize";
    microsoft.token_url = base + "token";
    microsoft.device_url = base + "devicecode";
    microsoft.scope = "https://outlook.office.com/SMTP.Send offline_access";
    microsoft.redirect_host = "localhost";  // the one for which any port is let through
    return microsoft;
}

bool is_tenant(std::string_view tenant)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.';
    };
    return !tenant.empty() && tenant.size() <= 255 &&
           std::all_of(tenant.begin(), tenant.end(), fits);
}

mail::Result<mail::Done> set_url(std::string& url, const std::string& value)
{
    if (auto ok = mail::web::parse_web_url(value); !ok) return std::move(ok).error();
    url = value;
    return mail::Done{};
}

mail::Result<mail::Done> set_line(Provider& provider, const std::string& name,
                                  const std::string& value)
{
    const auto one_of = [&](const char* one, const char* other) -> mail::Result<mail::Done> {
        if (value == one || value == other) return mail::Done{};
        return malformed(name + " is " + one + " or " + other);
    };
    if (name == "authorization-url") return set_url(provider.authorization_url, value);
    if (name == "token-url") return set_url(provider.token_url, value);
    if (name == "device-url") return set_url(provider.device_url, value);
    if (name == "name") provider.name = value;
    if (name == "scope") provider.scope = value;
    if (name == "client-id") provider.client.id = value;
    if (name == "client-secret-file") provider.client_secret_file = value;
    if (name == "ca") provider.ca = value;
    if (name == "redirect-host") {
        provider.redirect_host = value;
        return one_of("127.0.0.1", "localhost");
    }
    if (name == "client-authentication") {
        provider.client.uses_basic = value == "basic";
        return one_of("body", "basic");
    }
    if (name == "parameter") {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos || equals == 0)
            return malformed("parameter wants name=value");
        provider.parameters.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    }
    return mail::Done{};
}

const std::vector<std::string> kNames = {"authorization-url",
                                         "ca",
                                         "client-authentication",
                                         "client-id",
                                         "client-secret-file",
                                         "device-url",
                                         "name",
                                         "parameter",
                                         "redirect-host",
                                         "scope",
                                         "token-url"};

}  // namespace

mail::Result<Provider> built_in_provider(std::string_view name, std::string_view tenant)
{
    if (!is_tenant(tenant)) return malformed("the tenant is a name or an id, without a slash");
    if (name == "google") return google();
    if (name == "microsoft") return microsoft(tenant);
    return malformed("no such provider: google, microsoft, or the path of a file");
}

mail::Result<Provider> parse_provider(std::string_view text)
{
    auto lines = mail::parse_config(text);
    if (!lines) return std::move(lines).error();
    Provider provider;
    provider.name = "other";
    std::set<std::string> seen;
    for (const mail::ConfigLine& line : *lines) {
        const std::string where = "line " + std::to_string(line.line) + ": ";
        if (std::find(kNames.begin(), kNames.end(), line.name) == kNames.end()) {
            const auto near = mail::nearest_name(line.name, kNames);
            return malformed(where + "unknown name " + line.name +
                             (near ? " (did you mean " + *near + "?)" : ""));
        }
        if (!seen.insert(line.name).second && line.name != "parameter")
            return malformed(where + line.name + " is given twice");
        if (auto ok = set_line(provider, line.name, line.value); !ok)
            return malformed(where + line.name + ": " + ok.error().step);
    }
    if (provider.token_url.empty()) return malformed("it has no token-url");
    return provider;
}

std::string scope_for(const Provider& provider, std::string_view words)
{
    if (words.empty()) return provider.scope;
    if (provider.name == "google" && words == "send") return kGmailSend;
    if (provider.name == "google" && words == "mail") return kGmailAll;
    return std::string(words);
}

}  // namespace postman::oauth
