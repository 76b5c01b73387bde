#include "postoffice/submit/submitter.h"

#include <unistd.h>

#include "common/random_token.h"
#include "postoffice/submit/catcher_client.h"
#include "postoffice/submit/keep_in_queue.h"

namespace postoffice::submit
{

std::vector<Target> Submitter::targets() const
{
    if (settings_.to) return {*settings_.to};
    std::vector<Target> all;
    if (::access(kSocket, F_OK) == 0) all.push_back(*parse_target(std::string("unix:") + kSocket));
    all.push_back(*parse_target(kLoopback));
    return all;
}

Handover Submitter::to_catcher(const mail::Record& record)
{
    Handover handover;
    std::string reasons;
    for (const Target& target : targets()) {
        handover = hand_to_catcher(target, record.envelope, record.content);
        const bool is_settled =
            handover.kind != Handover::Kind::not_now || handover.may_have_arrived;
        if (is_settled) return handover;
        reasons.append(reasons.empty() ? "" : "; ").append(handover.reason);
    }
    handover.reason = reasons;
    return handover;
}

Handover Submitter::submit(const mail::Record& record, const std::string& key)
{
    return settings_.url.empty() ? to_catcher(record) : url_way_(settings_, record, key);
}

Handover Submitter::submit_or_keep(const mail::Record& record)
{
    const std::string key = mail::random_token();
    Handover handover = submit(record, key);
    if (handover.kind != Handover::Kind::not_now || settings_.queue.empty()) return handover;
    const auto name =
        keep_in_queue(settings_.queue, record, handover.may_have_arrived ? key : std::string());
    if (name) return Handover::accepted_as("");
    handover.reason += "; nor could it be kept: " + name.error().describe();
    return handover;
}

}  // namespace postoffice::submit
