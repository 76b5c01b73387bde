#include "postman/postmaster_client.h"

#include <memory>

#include "postman/lease_answer.h"
#include "postman/outcome_report.h"

namespace postman
{
namespace
{

constexpr std::chrono::seconds kLeaseDeadline{300};  // for up to 64 MiB on a slow line
constexpr std::chrono::seconds kShortDeadline{60};
constexpr std::size_t kLargeAnswer = 1 << 20;

struct Whole {
    mail::web::HttpAnswer head;
    std::shared_ptr<std::string> body;
};

/// A large answer gets the room of the longest at once: what is not filled costs nothing, and to
/// grow by doubling would have it in memory one and a half times.
void make_room(std::string& body, std::size_t more, std::size_t most)
{
    const bool is_large = body.capacity() >= kLargeAnswer;
    if (is_large && body.size() + more > body.capacity()) body.reserve(most);
}

mail::Result<Whole> ask_whole(mail::web::HttpExchange& exchange,
                              const mail::web::HttpQuestion& question, std::stop_token stop = {})
{
    auto body = std::make_shared<std::string>();
    auto head = exchange.ask(
        question,
        [&](std::string_view piece) {
            make_room(*body, piece.size(), question.max_bytes);
            body->append(piece);
            return true;
        },
        std::move(stop));
    if (!head) return std::move(head).error();
    if (head->status == 200 && !is_json(*head)) return unexpected_answer(*head);
    return Whole{std::move(*head), std::move(body)};
}

mail::Error not_our_answer(const mail::Error& why)
{
    return {mail::ErrorKind::temporary, "an answer that is not the postmaster's: " + why.step};
}

}  // namespace

bool is_json(const mail::web::HttpAnswer& answer)
{
    return answer.content_type.starts_with("application/json");
}

mail::Error unexpected_answer(const mail::web::HttpAnswer& answer)
{
    const int status = answer.status;
    const std::string told = "the endpoint answered " + std::to_string(status);
    const auto temporary = [](std::string words) {
        return mail::Error{mail::ErrorKind::temporary, std::move(words)};
    };
    if (status == 200)
        return temporary("the endpoint answered with " +
                         (answer.content_type.empty() ? "no content type" : answer.content_type) +
                         " where JSON was due: is the URL right?");
    if (status == 401) return temporary(told + ": user or password are wrong");
    if (status == 403) return temporary(told + ": this host may not ask (allow it in nginx)");
    if (status == 404) return temporary(told + ": nothing there: is the URL's path right?");
    if (status == 405) return temporary(told + ": not this protocol: see --protocol");
    if (status >= 300 && status < 400)
        return temporary(told + ": a redirect to " + answer.location +
                         ", which is not followed: give that URL");
    if (status >= 500) return temporary(told + ": trouble on its side");
    return temporary(told);
}

PostmasterClient::PostmasterClient(std::string name, mail::web::HttpExchange& exchange,
                                   std::chrono::seconds lease_seconds)
    : name_(std::move(name)), exchange_(exchange), lease_seconds_(lease_seconds)
{
}

mail::Result<Batch> PostmasterClient::lease(std::size_t most, std::chrono::seconds wait,
                                            std::stop_token stop)
{
    const mail::web::HttpQuestion question{
        .method = "POST",
        .target = "/v1/leases?max=" + std::to_string(most) + "&seconds=" +
                  std::to_string(lease_seconds_.count()) + "&wait=" + std::to_string(wait.count()),
        .body = "",
        .deadline = kLeaseDeadline + wait,
        .max_bytes = kMaxAnswerBytes};
    auto whole = ask_whole(exchange_, question, std::move(stop));
    if (!whole) return std::move(whole).error();
    if (whole->head.status == 204) return Batch{};
    if (whole->head.status != 200) return unexpected_answer(whole->head);
    auto batch = parse_lease_answer(whole->body);
    if (!batch) return not_our_answer(batch.error());
    return batch;
}

mail::Result<mail::Settlement> PostmasterClient::report(const std::string& lease,
                                                        const std::vector<mail::Outcome>& outcomes)
{
    mail::Settlement all;
    for (const std::string& body : encode_reports(outcomes)) {
        const mail::web::HttpQuestion question{.method = "POST",
                                               .target = "/v1/leases/" + lease + "/outcomes",
                                               .body = body,
                                               .deadline = kShortDeadline};
        auto whole = ask_whole(exchange_, question);
        if (!whole) return std::move(whole).error();
        if (whole->head.status != 200) return unexpected_answer(whole->head);
        auto some = parse_settlement(*whole->body);
        if (!some) return not_our_answer(some.error());
        all.settled.insert(all.settled.end(), some->settled.begin(), some->settled.end());
        all.unknown.insert(all.unknown.end(), some->unknown.begin(), some->unknown.end());
    }
    return all;
}

mail::Result<std::chrono::seconds> PostmasterClient::renew(const std::string& lease)
{
    const mail::web::HttpQuestion question{.method = "POST",
                                           .target = "/v1/leases/" + lease + "/renewal?seconds=" +
                                                     std::to_string(lease_seconds_.count()),
                                           .body = "",
                                           .deadline = kShortDeadline};
    auto whole = ask_whole(exchange_, question);
    if (!whole) return std::move(whole).error();
    if (whole->head.status == 404)
        return mail::Error{mail::ErrorKind::missing, "the lease has ended"};
    if (whole->head.status != 200) return unexpected_answer(whole->head);
    auto seconds = parse_renewal(*whole->body);
    if (!seconds) return not_our_answer(seconds.error());
    return *seconds;
}

mail::Result<mail::Done> PostmasterClient::release(const std::string& lease)
{
    const mail::web::HttpQuestion question{.method = "DELETE",
                                           .target = "/v1/leases/" + lease,
                                           .body = "",
                                           .deadline = kShortDeadline};
    const auto whole = ask_whole(exchange_, question);
    if (!whole) return whole.error();
    if (whole->head.status == 404)
        return mail::Error{mail::ErrorKind::missing, "the lease has ended"};
    if (whole->head.status != 204) return unexpected_answer(whole->head);
    return mail::Done{};
}

}  // namespace postman
