#include "postman/plan.h"

#include <unordered_set>

#include "postman/retry.h"

namespace postman
{
namespace
{

constexpr std::uint32_t kSuspectStarts = 1;
constexpr std::size_t kMaxAddressLength = 1000;  // RFC 5321 4.5.3.1 allows 254 and a bit

/// Recipients with the same fate become one outcome.
void decide(Plan& plan, const mail::SpoolId& id, mail::OutcomeKind kind, const std::string& reason,
            const std::string& recipient)
{
    for (mail::Outcome& outcome : plan.decided) {
        if (outcome.kind != kind || outcome.reason != reason) continue;
        outcome.recipients.push_back(recipient);
        return;
    }
    plan.decided.push_back({.id = id, .kind = kind, .recipients = {recipient}, .reason = reason});
}

std::string poison_reason()
{
    return "poison: its delivery was started " + std::to_string(kPoisonStarts) +
           " times and never ended";
}

}  // namespace

std::string address_fault(std::string_view address)
{
    if (address.size() > kMaxAddressLength) return "is too long";
    if (address.starts_with('-')) return "begins with -";
    for (const char c : address)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return "holds a control character";
    return "";
}

Plan plan_delivery(const mail::Record& record, const StandingOf& standing_of,
                   Unconfirmed unconfirmed)
{
    using Kind = mail::OutcomeKind;
    Plan plan;
    const auto& envelope = record.envelope;
    if (envelope.recipients.empty()) {
        plan.decided.push_back(
            {.id = record.id, .kind = Kind::held, .reason = "the record has no recipient"});
        return plan;
    }
    const std::string sender_fault = address_fault(envelope.reverse_path);
    std::unordered_set<std::string_view> seen;
    for (const std::string& recipient : envelope.recipients) {
        if (!seen.insert(recipient).second) continue;
        const Standing standing = standing_of(recipient);
        const std::string fault = recipient.empty() ? "is empty" : address_fault(recipient);
        if (standing.is_done) {
            decide(plan, record.id, Kind::delivered, "", recipient);
        } else if (!sender_fault.empty()) {
            decide(plan, record.id, Kind::failed, "the sender " + sender_fault, recipient);
        } else if (!fault.empty()) {
            decide(plan, record.id, Kind::failed, "the recipient " + fault, recipient);
        } else if (standing.unended >= kPoisonStarts) {
            decide(plan, record.id, Kind::failed, poison_reason(), recipient);
        } else if (standing.unended > 0 && unconfirmed == Unconfirmed::hold) {
            decide(plan, record.id, Kind::held,
                   "its delivery was started and never ended: it may have arrived", recipient);
        } else {
            plan.deliver.push_back(recipient);
            plan.alone = plan.alone || standing.unended >= kSuspectStarts;
        }
    }
    return plan;
}

}  // namespace postman
