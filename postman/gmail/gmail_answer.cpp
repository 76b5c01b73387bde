#include "postman/gmail/gmail_answer.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace postman
{
namespace
{

using nlohmann::json;
using Kind = GmailAnswer::Kind;
using namespace std::chrono_literals;

constexpr std::size_t kMaxWords = 300;
constexpr std::chrono::seconds kLongestWait = std::chrono::hours(24);

/// Google's reasons, in errors[].reason, details[].reason and error.status.
struct Reason {
    std::string_view name;
    Kind kind;
    std::chrono::seconds wait;  // where neither Retry-After nor the words name a time; 0: back off
};

// clang-format off
constexpr std::array kReasons{
    Reason{"rateLimitExceeded",                 Kind::limited, 0s},
    Reason{"userRateLimitExceeded",             Kind::limited, 0s},
    Reason{"concurrentLimitExceeded",           Kind::limited, 0s},
    Reason{"RATE_LIMIT_EXCEEDED",               Kind::limited, 0s},
    Reason{"dailyLimitExceeded",                Kind::limited, 1h},
    Reason{"quotaExceeded",                     Kind::limited, 1h},
    Reason{"limitExceeded",                     Kind::limited, 1h},
    Reason{"RESOURCE_EXHAUSTED",                Kind::limited, 0s},
    Reason{"insufficientPermissions",           Kind::broken,  0s},
    Reason{"ACCESS_TOKEN_SCOPE_INSUFFICIENT",   Kind::broken,  0s},
    Reason{"domainPolicy",                      Kind::broken,  0s},
    Reason{"accessNotConfigured",               Kind::broken,  0s},
    Reason{"SERVICE_DISABLED",                  Kind::broken,  0s},
    Reason{"dailyLimitExceededUnreg",           Kind::broken,  0s},
    Reason{"failedPrecondition",                Kind::broken,  0s},
    Reason{"FAILED_PRECONDITION",               Kind::broken,  0s},
};
// clang-format on

/// The error object of Google's APIs (google.rpc.Status, and the older `errors` list).
struct ApiError {
    std::vector<std::string> reasons;
    std::string message;
};

std::string text_of(const json& object, const char* key)
{
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

ApiError read_error(const std::string& body)
{
    ApiError error;
    const json answer = json::parse(body, nullptr, false);
    const auto found = answer.is_object() ? answer.find("error") : answer.end();
    if (!answer.is_object() || found == answer.end() || !found->is_object()) return error;
    error.message = text_of(*found, "message");
    for (const char* list : {"errors", "details"}) {
        const auto entries = found->find(list);
        if (entries == found->end() || !entries->is_array()) continue;
        for (const json& entry : *entries)
            if (auto reason = text_of(entry, "reason"); !reason.empty())
                error.reasons.push_back(std::move(reason));
    }
    if (auto status = text_of(*found, "status"); !status.empty())
        error.reasons.push_back(std::move(status));
    return error;
}

/// The first row of the table that one of the reasons is in.
const Reason* known_reason(const ApiError& error)
{
    for (const std::string& name : error.reasons)
        for (const Reason& row : kReasons)
            if (row.name == name) return &row;
    return nullptr;
}

/// "Retry after 2020-01-21T12:57:51.196Z", as user limits are told.
std::optional<std::chrono::seconds> wait_in_words(const std::string& message, mail::WallTime now)
{
    constexpr std::string_view kWords = "etry after ";
    const auto at = message.find(kWords);
    if (at == message.npos) return std::nullopt;
    std::tm utc{};
    const char* end = ::strptime(message.c_str() + at + kWords.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    if (end == nullptr) return std::nullopt;
    const std::chrono::seconds until(::timegm(&utc));  // in seconds: the year may be any
    const auto today = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    return std::clamp(until - today, std::chrono::seconds(1), kLongestWait);
}

std::string described(int status, const ApiError& error)
{
    std::string text = "Gmail answers " + std::to_string(status);
    if (!error.reasons.empty()) text += " " + error.reasons.front();
    if (!error.message.empty()) text += ": " + error.message;
    if (text.size() > kMaxWords) text.resize(kMaxWords);
    return text;
}

/// What the reason leaves open, the status decides.
Kind kind_of(int status)
{
    if (status == 401) return Kind::renew;
    if (status == 403) return Kind::deferred;  // a reason that we do not know: the mail stays
    if (status == 429) return Kind::limited;
    if (status == 404 || status == 405) return Kind::broken;  // no such method: the endpoint
    if (status == 408) return Kind::deferred;
    return status >= 400 && status < 500 ? Kind::failed : Kind::deferred;
}

GmailAnswer judge_success(const mail::web::WebAnswer& answer)
{
    const json body = json::parse(answer.body, nullptr, false);
    const std::string id = text_of(body, "id");
    if (!id.empty()) return {.kind = Kind::sent, .message_id = id};
    return {.kind = Kind::deferred,
            .reason = "Gmail answers " + std::to_string(answer.status) + " without a message's id",
            .may_be_accepted = true};
}

}  // namespace

GmailAnswer judge_gmail_answer(const mail::web::WebAnswer& answer, mail::WallTime now)
{
    if (answer.status >= 200 && answer.status < 300) return judge_success(answer);
    const ApiError error = read_error(answer.body);
    const Reason* reason = known_reason(error);
    const bool by_reason =
        reason != nullptr &&
        (answer.status == 403 || answer.status == 429 || reason->kind == Kind::broken) &&
        answer.status >= 400 && answer.status < 500 && answer.status != 401;

    GmailAnswer judged{.kind = by_reason ? reason->kind : kind_of(answer.status),
                       .reason = described(answer.status, error)};
    judged.retry_after = answer.retry_after;
    if (!judged.retry_after) judged.retry_after = wait_in_words(error.message, now);
    if (!judged.retry_after && by_reason && reason->wait > 0s) judged.retry_after = reason->wait;
    // A gateway that has no answer from the server behind it does not know what became of it.
    judged.may_be_accepted = answer.status == 502 || answer.status == 504;
    return judged;
}

}  // namespace postman
