#include "postmaster/http_service.h"

#include <algorithm>

#include "common/http/client_address.h"
#include "common/log.h"
#include "postmaster/answers.h"
#include "postmaster/outcomes_body.h"
#include "postmaster/path_pattern.h"
#include "postmaster/query.h"

namespace postmaster
{
namespace
{

using mail::http::Answer;
using mail::http::client_address;
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

}  // namespace

struct HttpService::Route {
    std::string_view method;
    std::string_view pattern;
    Answer (HttpService::*handler)(const Request&, const std::string& token);
    bool is_for_couriers = true;
    bool only_with_delete_on_get = false;
};

// clang-format off
const HttpService::Route HttpService::kRoutes[] = {
    {"POST",    "/v1/leases",            &HttpService::lease},
    {"POST",    "/v1/leases/*/outcomes", &HttpService::outcomes},
    {"POST",    "/v1/leases/*/renewal",  &HttpService::renewal},
    {"DELETE",  "/v1/leases/*",          &HttpService::release},
    {"GET",     "/healthz",              &HttpService::health, false},
    {"HEAD",    "/healthz",              &HttpService::health, false},
    {"GET",     "/",                     &HttpService::original_hand_out, true, true},
    {"OPTIONS", "/",                     &HttpService::original_options,  false, true},
};
// clang-format on

HttpService::HttpService(Desk& desk, mail::Users* users, ServiceSettings settings)
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
    const mail::Users::Login login = users_->check(find_field(request.fields, "Authorization"));
    if (login.verdict == mail::Users::Verdict::welcome) return true;
    log::limited(log::Level::warning, "login refused",
                 {{"user", login.name},
                  {"peer", client_address(request)},
                  {"reason", login.verdict == mail::Users::Verdict::busy ? "too many at once"
                                                                         : "credentials"}});
    if (login.verdict == mail::Users::Verdict::busy) {
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
        const auto token = match_path(request.path, route.pattern);
        if (!token) continue;
        same_path = &route;
        if (route.only_with_delete_on_get && !settings_.delete_on_get) continue;
        if (route.method != request.method) continue;
        if (route.is_for_couriers) desk_.note_visit();
        return (this->*route.handler)(request, *token);
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
    const auto is_worth_it = [&request] {
        return !request.stopping.stop_requested() && request.client_is_there();
    };
    for (;;) {
        Slots::Slot slot =
            hand_outs_.take(std::max(deadline, start + kQueueForHandOut), request.stopping);
        if (!slot) return busy("Too many hand-outs are under way.");
        auto lent = desk_.lease(max, length, is_worth_it);
        if (!lent) return answer_for(lent.error());
        if (*lent) return json_answer(std::move(**lent), std::move(slot));
        slot.reset();
        const auto now = steady_clock::now();
        if (now >= deadline || !is_worth_it()) return no_content();
        desk_.note_visit();  // one that waits is here
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
    return json_answer(std::move(body));
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
    return json_answer(R"({"seconds":)" + std::to_string(lease->seconds.count()) +
                       R"(,"expires":")" + mail::rfc3339(lease->expires) + "\"}");
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
    return json_answer(std::move(*handed), std::move(slot));
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
    return json_answer("{\"status\":\"ok\"}\n");
}

}  // namespace postmaster
