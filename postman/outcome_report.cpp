#include "postman/outcome_report.h"

#include <nlohmann/json.hpp>

namespace postman
{
namespace
{

constexpr std::size_t kMaxRecipientsPerOutcome = 500;
constexpr std::string_view kHead = "{\"outcomes\":[";
constexpr std::string_view kTail = "]}";

std::string encode_outcome(const mail::Outcome& outcome, std::size_t first, std::size_t count)
{
    nlohmann::ordered_json object;
    object["id"] = outcome.id.hex();
    object["outcome"] = name_of(outcome.kind);
    if (!outcome.recipients.empty()) {
        const auto from = outcome.recipients.begin() + static_cast<std::ptrdiff_t>(first);
        object["recipients"] =
            std::vector<std::string>(from, from + static_cast<std::ptrdiff_t>(count));
    }
    if (!outcome.reason.empty()) object["reason"] = outcome.reason;
    if (outcome.kind == mail::OutcomeKind::deferred)
        object["retry_after"] = outcome.retry_after.count();
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

const char* name_of(mail::OutcomeKind kind)
{
    switch (kind) {
        case mail::OutcomeKind::delivered:
            return "delivered";
        case mail::OutcomeKind::deferred:
            return "deferred";
        case mail::OutcomeKind::failed:
            return "failed";
        case mail::OutcomeKind::held:
            return "held";
    }
    return "deferred";
}

std::vector<std::string> encode_reports(const std::vector<mail::Outcome>& outcomes,
                                        std::size_t most_bytes)
{
    std::vector<std::string> bodies;
    std::string body;
    const auto close = [&] {
        if (!body.empty()) bodies.push_back(kHead.data() + std::exchange(body, {}) + kTail.data());
    };
    for (const mail::Outcome& outcome : outcomes) {
        std::size_t first = 0;
        do {
            const std::size_t left = outcome.recipients.size() - first;
            const std::size_t count = std::min(left, kMaxRecipientsPerOutcome);
            const std::string text = encode_outcome(outcome, first, count);
            if (kHead.size() + body.size() + 1 + text.size() + kTail.size() > most_bytes) close();
            body.append(body.empty() ? "" : ",").append(text);
            first += count;
        } while (first < outcome.recipients.size());
    }
    close();
    return bodies;
}

}  // namespace postman
