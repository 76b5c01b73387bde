#include "postman/dry_round.h"

#include <ostream>

#include "postman/courier.h"
#include "postman/last_look.h"
#include "postman/outcome_report.h"
#include "postman/printable.h"

namespace postman
{
namespace
{

/// What a mail says.
std::string shown(std::string_view text)
{
    constexpr std::size_t kLongest = 200;
    return printable(text, kLongest);
}

std::string address(const std::string& text)
{
    return text.empty() ? "<>" : shown(text);
}

void tell_decided(const mail::Outcome& outcome, std::ostream& out)
{
    const char* word = outcome.kind == mail::OutcomeKind::delivered
                           ? "was delivered before: confirmed again"
                       : outcome.kind == mail::OutcomeKind::failed ? "given up"
                       : outcome.kind == mail::OutcomeKind::held   ? "held"
                                                                   : "deferred";
    for (const std::string& recipient : outcome.recipients)
        out << "    " << address(recipient) << ": " << word
            << (outcome.reason.empty() ? "" : ", " + shown(outcome.reason)) << "\n";
}

void tell(mail::Record record, const Plan& plan, const DeliveryBackend& backend,
          const CarryRules& rules, std::ostream& out)
{
    out << "  " << record.id.hex() << "  from " << address(record.envelope.reverse_path) << ", "
        << record.content.size() << " octets: " << shown(record.subject) << "\n";
    for (const mail::Outcome& outcome : plan.decided) tell_decided(outcome, out);
    if (plan.deliver.empty()) return;
    const std::string shows = last_look(record, rules);
    for (const std::string& recipient : plan.deliver) {
        out << "    " << address(recipient) << ": ";
        if (shows.empty())
            out << "by " << shown(backend.name_for(record, recipient)) << "\n";
        else
            out << "held, " << shown(shows) << "\n";
    }
}

}  // namespace

mail::Result<mail::Done> dry_round(
    Postmaster& postmaster, const DeliveryBackend& backend, const CarryRules& rules,
    const std::function<Standing(const mail::SpoolId&, const std::string&)>& standing_of,
    std::ostream& out)
{
    const auto batch = postmaster.lease(kMailsPerLease, std::chrono::seconds(0), {});
    if (!batch) return batch.error();
    out << postmaster.name() << ": " << batch->mails.size() << " mails"
        << (batch->mails.size() == kMailsPerLease ? ", and there may be more" : "") << "\n";
    for (const HandedMail& mail : batch->mails) {
        auto record = mail.read();
        if (!record) {
            out << "  " << mail.id.hex()
                << "  held, the record is not sound: " << shown(record.error().step) << "\n";
            continue;
        }
        const auto of_recipient = [&](const std::string& recipient) {
            return standing_of(mail.id, recipient);
        };
        const Plan plan = plan_delivery(*record, of_recipient, rules.unconfirmed);
        tell(std::move(*record), plan, backend, rules, out);
    }
    if (batch->mails.empty() && batch->lease.empty()) return mail::Done{};
    const auto released = postmaster.release(batch->lease);
    if (!released && released.error().kind != mail::ErrorKind::missing) return released.error();
    return mail::Done{};
}

}  // namespace postman
