#include "postoffice/http/intake_service.h"

#include "common/http/client_address.h"
#include "common/log.h"

namespace postoffice::http
{
namespace
{

namespace log = mail::log;
using mail::http::Answer;
using mail::http::problem;
using mail::http::Request;
using Kind = RouteOutcome::Kind;

Answer put_off(std::string_view detail, int retry_after_seconds)
{
    Answer answer = problem(503, detail);
    answer.fields.emplace_back("Retry-After", std::to_string(retry_after_seconds));
    return answer;
}

Answer wrong_method(const char* allowed)
{
    Answer answer = problem(405, "This method is not for this resource.");
    answer.fields.emplace_back("Allow", allowed);
    return answer;
}

}  // namespace

IntakeService::IntakeService(const RouteParts& parts, IntakeBook& book, bool takes_form)
    : door_(parts.door), messages_(parts, book), form_(parts, takes_form)
{
}

std::vector<std::string> IntakeService::passed_fields()
{
    return {"Mail-From",       "Rcpt-To",      "PostOffice-Signature",
            "Idempotency-Key", "Content-Type", "X-Forwarded-For"};
}

Answer IntakeService::handle(Request request)
{
    const std::string peer = mail::http::client_address(request);
    try {
        return dispatch(std::move(request), peer);
    } catch (const std::exception& trouble) {  // no memory: the client has its mail and tries again
        log::limited(log::Level::error, "http request failed",
                     {{"peer", peer}, {"reason", trouble.what()}});
        return put_off("This failed here. Try again later.", 5);
    }
}

Answer IntakeService::dispatch(Request request, const std::string& peer)
{
    if (request.path == MessagesRoute::kPath) {
        if (request.method != "POST") return wrong_method("POST");
        return told(messages_.post(std::move(request)), counts_.messages, "messages", peer);
    }
    if (request.path != "/") return problem(404, "There is nothing here of this name.");
    if (request.method == "POST")
        return told(form_.post(std::move(request)), counts_.form, "form", peer);
    if (request.method == "GET" || request.method == "HEAD") return probe();
    return wrong_method("GET, HEAD, POST");
}

/// For uptime checks: red while no mail would be taken.
Answer IntakeService::probe() const
{
    if (const auto closed = door_.why_no_mail())
        return put_off(closed->detail, closed->retry_after_seconds);
    return Answer{200, {}, "", "", nullptr};
}

/// What anybody can cause is limited; what happens to a mail is always written.
Answer IntakeService::told(RouteOutcome outcome, RouteCounts& counts, std::string_view way,
                           const std::string& peer)
{
    counts.of(outcome.kind).add();
    const int status = outcome.answer.status;
    if (outcome.kind == Kind::not_signed)
        log::limited(
            log::Level::info, "http refused",
            {{"peer", peer}, {"way", way}, {"status", status}, {"reason", outcome.reason}});
    else if (outcome.kind == Kind::repeated)
        log::info("http repeat", {{"id", outcome.reason}, {"peer", peer}});
    else if (outcome.kind != Kind::taken)
        log::info("http refused",
                  {{"peer", peer}, {"way", way}, {"status", status}, {"reason", outcome.reason}});
    return std::move(outcome.answer);
}

}  // namespace postoffice::http
