#include "postmaster/http_service.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "common/log.h"
#include "postmaster/outcomes_body.h"
#include "postmaster/query.h"

namespace postmaster {
namespace {

using mail::Error;
using mail::ErrorKind;
using mail::http::Answer;
using mail::http::find_field;
using mail::http::problem;
using mail::http::Request;
using std::chrono::seconds;
using std::chrono::steady_clock;
using namespace std::chrono_literals;
namespace log = mail::log;

constexpr std::uint64_t kMaxLeaseSeconds = 86'400;
constexpr std::uint64_t kMaxWaitSeconds = 60;
constexpr auto kQueueForHandOut = 10s;
constexpr auto kLookAtClient = 1s;
constexpr std::size_t kTokenDigits = 32;

bool is_token(std::string_view text)
{
    return text.size() == kTokenDigits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

/// The token in `path` if it has the form of `pattern`, where one `*` stands for a token.
std::optional<std::string> match(std::string_view path, std::string_view pattern)
{
    const auto star = pattern.find('*');
    if (star == std::string_view::npos)
        return path == pattern ? std::optional(std::string()) : std::nullopt;
    const std::string_view before = pattern.substr(0, star);
    const std::string_view after = pattern.substr(star + 1);
    if (path.size() != before.size() + kTokenDigits + after.size()) return std::nullopt;
    if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
    const std::string_view token = path.substr(before.size(), kTokenDigits);
    return is_token(token) ? std::optional(std::string(token)) : std::nullopt;
}

Answer nothing_there()
{
    return problem(404, "There is nothing here of this name.");
}

Answer no_content()
{
    return Answer{204, {}, "", "", nullptr};
}

Answer busy(std::string_view detail)
{
    Answer answer = problem(503, detail);
    answer.fields.emplace_back("Retry-After", "2");
    return answer;
}

Answer json(std::string body, Slots::Slot held = nullptr)
{
    return Answer{200, {}, "application/json", std::move(body), std::move(held)};
}

void append_ids(std::string& body, const std::vector<mail::SpoolId>& ids)
{
    for (std::size_t i = 0; i < ids.size(); ++i)
        body.append(i == 0 ? "\"" : ",\"").append(ids[i].hex()).append("\"");
}

bool is_lease_length(std::uint64_t value)
{
    return value >= 1 && value <= kMaxLeaseSeconds;
}

Answer wrong_lease_length()
{
    return problem(400, "seconds is from 1 to 86400.");
}

bool is_address(const std::string& text)
{
    unsigned char bytes[16];
    return ::inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

}  // namespace

struct HttpService::Route {
    std::string_view method;
    std::string_view pattern;
    Answer (HttpService::*handler)(const Request&, const std::string& token);
    bool only_with_delete_on_get = false;
};

// clang-format off
const HttpService::Route HttpService::kRoutes[] = {
    {"POST",    "/v1/leases",            &HttpService::lease},
    {"POST",    "/v1/leases/*/outcomes", &HttpService::outcomes},
    {"POST",    "/v1/leases/*/renewal",  &HttpService::renewal},
    {"DELETE",  "/v1/leases/*",          &HttpService::release},
    {"GET",     "/healthz",              &HttpService::health},
    {"HEAD",    "/healthz",              &HttpService::health},
    {"GET",     "/",                     &HttpService::original_hand_out, true},
    {"OPTIONS", "/",                     &HttpService::original_options,  true},
};
// clang-format on

HttpService::HttpService(Desk& desk, Users* users, ServiceSettings settings)
    : desk_(desk), users_(users), settings_(settings)
{
}

Answer HttpService::handle(const Request& request)
{
    Answer refusal;
    if (!is_let_in(request, refusal)) return refusal;
    return dispatch(request);
}

/// Health is asked by machines that have no password; it says nothing that is worth one.
bool HttpService::is_let_in(const Request& request, Answer& refusal)
{
    if (users_ == nullptr || request.path == "/healthz") return true;
    const Users::Login login = users_->check(find_field(request.fields, "Authorization"));
    if (login.verdict == Users::Verdict::welcome) return true;
    log::warning(
        "login refused",
        {{"user", login.name},
         {"from", client_address(request)},
         {"reason", login.verdict == Users::Verdict::busy ? "too many at once" : "credentials"}});
    if (login.verdict == Users::Verdict::busy) {
        refusal = problem(429, "Too many logins at once. Try again soon.");
        refusal.fields.emplace_back("Retry-After", "2");
        return false;
    }
    refusal = problem(401, "Give a user name and a password.");
    refusal.fields.emplace_back("WWW-Authenticate", R"(Basic realm="mail", charset="UTF-8")");
    return false;
}

Answer HttpService::dispatch(const Request& request)
{
    const Route* same_path = nullptr;
    for (const Route& route : kRoutes) {
        const auto token = match(request.path, route.pattern);
        if (!token) continue;
        same_path = &route;
        if (route.only_with_delete_on_get && !settings_.delete_on_get) continue;
        if (route.method == request.method) return (this->*route.handler)(request, *token);
    }
    return same_path == nullptr ? nothing_there() : wrong_method(*same_path);
}

Answer HttpService::wrong_method(const Route& route) const
{
    std::string allowed;
    for (const Route& one : kRoutes) {
        const bool serves = one.pattern == route.pattern &&
                            (!one.only_with_delete_on_get || settings_.delete_on_get);
        if (serves) allowed.append(allowed.empty() ? "" : ", ").append(one.method);
    }
    const bool is_original = route.only_with_delete_on_get && !settings_.delete_on_get;
    Answer answer = problem(
        405, is_original
                 ? "GET would delete mail before it has arrived anywhere. Use POST /v1/leases, or "
                   "have the operator set delete-on-get."
                 : "This method is not for this resource.");
    answer.fields.emplace_back("Allow", allowed);
    return answer;
}

Answer HttpService::lease(const Request& request, const std::string&)
{
    const auto query = parse_query(request.query, {"max", "seconds", "wait"});
    if (!query) return problem(400, query.error().step);
    if (!request.body.empty()) return problem(400, "This request takes no body.");
    const std::uint64_t max = value_or(*query, "max", settings_.batch);
    const std::uint64_t length =
        value_or(*query, "seconds", static_cast<std::uint64_t>(settings_.lease_seconds.count()));
    const std::uint64_t wait = std::min(value_or(*query, "wait", 0), kMaxWaitSeconds);
    if (max < 1) return problem(400, "max is at least 1.");
    if (!is_lease_length(length)) return wrong_lease_length();
    return lease_or_wait(request, max, seconds(length), seconds(wait));
}

Answer HttpService::lease_or_wait(const Request& request, std::size_t max, seconds length,
                                  seconds wait)
{
    const Slots::Slot courier = couriers_.try_take();
    if (!courier) return busy("Too many couriers wait already.");
    const auto start = steady_clock::now();
    const auto deadline = start + wait;
    for (;;) {
        Slots::Slot slot =
            hand_outs_.take(std::max(deadline, start + kQueueForHandOut), request.stopping);
        if (!slot) return busy("Too many hand-outs are under way.");
        auto lent = desk_.lease(max, length, request.client_is_there);
        if (!lent) return answer_for(lent.error());
        if (*lent) return json(std::move(**lent), std::move(slot));
        slot.reset();
        const auto now = steady_clock::now();
        if (now >= deadline || request.stopping.stop_requested() || !request.client_is_there())
            return no_content();
        desk_.wait_for_mail(std::min<steady_clock::time_point>(deadline, now + kLookAtClient),
                            request.stopping);
    }
}

Answer HttpService::outcomes(const Request& request, const std::string& token)
{
    if (!request.query.empty()) return problem(400, "This request takes no query.");
    const auto outcomes = parse_outcomes(request.body);
    if (!outcomes) return problem(400, outcomes.error().step);
    const auto settlement = desk_.settle(token, *outcomes);
    if (!settlement) return answer_for(settlement.error());
    std::string body = R"({"settled":[)";
    append_ids(body, settlement->settled);
    body += R"(],"unknown":[)";
    append_ids(body, settlement->unknown);
    body += "]}";
    return json(std::move(body));
}

Answer HttpService::renewal(const Request& request, const std::string& token)
{
    const auto query = parse_query(request.query, {"seconds"});
    if (!query) return problem(400, query.error().step);
    if (!request.body.empty()) return problem(400, "This request takes no body.");
    const std::uint64_t length =
        value_or(*query, "seconds", static_cast<std::uint64_t>(settings_.lease_seconds.count()));
    if (!is_lease_length(length)) return wrong_lease_length();
    const auto lease = desk_.renew(token, seconds(length));
    if (!lease) return answer_for(lease.error());
    return json(R"({"seconds":)" + std::to_string(lease->seconds.count()) + R"(,"expires":")" +
                mail::rfc3339(lease->expires) + "\"}");
}

Answer HttpService::release(const Request& request, const std::string& token)
{
    if (!request.query.empty()) return problem(400, "This request takes no query.");
    const auto released = desk_.release(token);
    return released ? no_content() : answer_for(released.error());
}

Answer HttpService::original_hand_out(const Request& request, const std::string&)
{
    if (!request.query.empty()) return problem(400, "This request takes no query.");
    const Slots::Slot courier = couriers_.try_take();
    if (!courier) return busy("Too many couriers wait already.");
    Slots::Slot slot = hand_outs_.take(steady_clock::now() + kQueueForHandOut, request.stopping);
    if (!slot) return busy("Too many hand-outs are under way.");
    auto handed = desk_.hand_over(request.client_is_there);
    if (!handed) return answer_for(handed.error());
    return json(std::move(*handed), std::move(slot));
}

/// As the original's framework answered.
Answer HttpService::original_options(const Request&, const std::string&)
{
    Answer answer{200, {}, "", "", nullptr};
    answer.fields.emplace_back("Allow", "GET, OPTIONS");
    return answer;
}

Answer HttpService::health(const Request& request, const std::string&)
{
    if (request.stopping.stop_requested()) return busy("Stopping.");
    if (!desk_.is_healthy()) return busy("The spool could not be written.");
    return json("{\"status\":\"ok\"}\n");
}

Answer answer_for(const Error& error)
{
    switch (error.kind) {
        case ErrorKind::malformed:
            return problem(400, "The request is malformed.");
        case ErrorKind::missing:
            return problem(404, "No such lease: it has ended.");
        case ErrorKind::conflict:
            return problem(409, "Somebody else has it.");
        case ErrorKind::refused:
            return problem(422, "This is not accepted.");
        case ErrorKind::corrupt:
            return problem(500, "This failed here. Try again later.");
        case ErrorKind::temporary:
            break;
    }
    return busy("The spool cannot be used at the moment.");
}

std::string client_address(const Request& request)
{
    const bool may_be_nginx =
        request.peer == "unix" || request.peer == "::1" || request.peer.starts_with("127.");
    const std::string_view forwarded = find_field(request.fields, "X-Forwarded-For");
    if (!may_be_nginx || forwarded.empty()) return request.peer;
    const auto comma = forwarded.rfind(',');
    std::string last(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
    last.erase(0, last.find_first_not_of(' '));
    return is_address(last) ? last : request.peer;
}

}  // namespace postmaster
