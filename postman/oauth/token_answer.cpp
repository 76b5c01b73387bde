#include "postman/oauth/token_answer.h"

#include <algorithm>

#include "postman/oauth/json_object.h"
#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

using nlohmann::json;
using std::chrono::seconds;

constexpr std::size_t kMaxWords = 200;
constexpr seconds kLongestLife = std::chrono::days(30);
constexpr seconds kLongestDeviceWait = std::chrono::hours(1);

mail::Error malformed(std::string what)
{
    return {mail::ErrorKind::malformed, std::move(what)};
}

bool is_error_code(std::string_view text)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

bool is_bearer(std::string_view type)
{
    constexpr std::string_view kBearer = "bearer";
    return std::equal(type.begin(), type.end(), kBearer.begin(), kBearer.end(),
                      [](char one, char other) { return (one | 0x20) == other; });
}

Refusal parse_refusal(int status, const mail::Result<json>& object)
{
    Refusal refusal{"http_" + std::to_string(status),
                    "the provider answered " + std::to_string(status)};
    if (!object) return refusal;
    const std::string code = text_of(*object, "error");
    if (!is_error_code(code)) return refusal;
    refusal.error = code;
    refusal.words = printable_words(text_of(*object, "error_description"));
    if (refusal.words.empty()) refusal.words = "the provider answered " + code;
    return refusal;
}

mail::Result<Grant> parse_grant(const json& object)
{
    Grant grant;
    const std::string type = text_of(object, "token_type");
    if (type.empty()) return malformed("the provider's token has no token_type (RFC 6749 5.1)");
    if (!is_bearer(type))
        return malformed("the provider gave a token of type " + printable_words(type) +
                         " where Bearer is wanted");
    grant.access_token = text_of(object, "access_token");
    if (!is_token(grant.access_token))
        return malformed("the provider's answer has no access_token that can be used");
    grant.refresh_token = text_of(object, "refresh_token");
    if (!grant.refresh_token.empty() && !is_token(grant.refresh_token))
        return malformed("the provider's refresh_token holds what no token may hold");
    grant.scope = printable_words(text_of(object, "scope"));
    if (const auto life = number_of(object, "expires_in"); life && *life > 0)
        grant.expires_in = seconds(std::min<std::int64_t>(*life, kLongestLife.count()));
    return grant;
}

}  // namespace

std::string printable_words(std::string_view text)
{
    std::string words(text.substr(0, kMaxWords));
    for (char& c : words)
        if (c < ' ' || c > '~') c = c == '\n' || c == '\r' ? ' ' : '?';
    return words;
}

TokenAnswer parse_token_answer(int status, std::string_view body)
{
    const auto object = parse_object(body);
    TokenAnswer answer;
    if (status != 200 || (object && object->contains("error"))) {
        answer.refusal = parse_refusal(status, object);
        return answer;
    }
    if (!object) {
        answer.refusal = {Refusal::kUnusable,
                          "the provider's answer cannot be read: " + object.error().step};
        return answer;
    }
    auto grant = parse_grant(*object);
    if (grant) {
        answer.grant = std::move(*grant);
        return answer;
    }
    answer.refusal = {Refusal::kUnusable, grant.error().step};
    if (auto token = text_of(*object, "refresh_token"); is_token(token))
        answer.refresh_token = std::move(token);
    return answer;
}

mail::Result<DeviceCode> parse_device_answer(int status, std::string_view body)
{
    const auto object = parse_object(body);
    if (status != 200 || (object && object->contains("error"))) {
        const Refusal refusal = parse_refusal(status, object);
        return mail::Error{mail::ErrorKind::refused, refusal.told()};
    }
    if (!object) return malformed("the provider's answer cannot be read: " + object.error().step);
    DeviceCode code;
    code.device_code = text_of(*object, "device_code");
    code.user_code = printable_words(text_of(*object, "user_code"));
    code.verification_uri = printable_words(text_of(*object, "verification_uri"));
    if (code.verification_uri.empty())
        code.verification_uri = printable_words(text_of(*object, "verification_url"));
    code.complete_uri = printable_words(text_of(*object, "verification_uri_complete"));
    if (!is_token(code.device_code) || code.user_code.empty() || code.verification_uri.empty())
        return malformed("the provider's answer has no device_code, user_code or verification_uri");
    const seconds life(std::max<std::int64_t>(number_of(*object, "expires_in").value_or(0), 0));
    if (life == seconds(0)) return malformed("the provider's device code has no expires_in");
    code.expires_in = std::min(life, kLongestDeviceWait);
    const std::int64_t interval = number_of(*object, "interval").value_or(5);
    code.interval = seconds(std::clamp<std::int64_t>(interval, 1, 300));
    return code;
}

}  // namespace postman::oauth
