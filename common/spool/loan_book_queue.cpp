/// What the loan book says to an operator, and the changes that he makes.
#include <algorithm>

#include "common/spool/loan_book.h"

namespace mail
{
namespace
{

bool is_deferred(const RecipientState& recipient, BootTime now)
{
    return recipient.status == RecipientStatus::pending && recipient.lease.empty() &&
           recipient.next_try > now;
}

Change change_of(const SpoolId& id, MailState state)
{
    Change change;
    change.mails.emplace_back(id, std::move(state));
    return change;
}

/// Those of one status are pending again; false if there are none.
bool take_up(MailState& state, RecipientStatus status)
{
    bool any = false;
    for (RecipientState& recipient : state.recipients) {
        if (recipient.status != status) continue;
        recipient.status = RecipientStatus::pending;
        any = true;
    }
    return any;
}

}  // namespace

void LoanBook::tell(QueuedMail& mail, BootTime now, WallTime wall) const
{
    const MailState* state = find(mail.place.id);
    if (state == nullptr) return;
    constexpr BootTime kLongest = std::chrono::days(3650);  // a journal may say anything
    const auto on_the_wall = [&](BootTime time) { return wall + std::min(time - now, kLongest); };
    bool any_due = state->recipients.empty();
    for (const RecipientState& one : state->recipients) {
        QueuedMail::Recipient told{one.address, one.status, one.reason, !one.lease.empty(), {}};
        if (is_deferred(one, now)) told.next_try = on_the_wall(one.next_try);
        const bool is_pending = one.status == RecipientStatus::pending;
        if (is_pending && !told.is_leased && !told.next_try) any_due = true;
        if (is_pending && mail.reason.empty()) mail.reason = one.reason;
        if (const auto lease = leases_.find(one.lease); lease != leases_.end())
            mail.leased_until = std::max(mail.leased_until.value_or(WallTime{}),
                                         on_the_wall(lease->second.expires));
        if (told.next_try)
            mail.next_try = std::min(mail.next_try.value_or(WallTime::max()), *told.next_try);
        mail.recipients.push_back(std::move(told));
    }
    mail.state = mail.leased_until           ? QueueState::leased
                 : any_due || !mail.next_try ? QueueState::waiting
                                             : QueueState::deferred;
    if (mail.state != QueueState::deferred) mail.next_try.reset();
    if (!state->is_unmoved) return;
    mail.is_unmoved = true;
    mail.state = fate(mail.place.id) == Fate::failed ? QueueState::failed : QueueState::held;
    mail.since = state->kept_since;
}

Change LoanBook::made_due(const std::vector<SpoolId>& ids, BootTime now) const
{
    Change change;
    for (const SpoolId& id : ids) {
        const MailState* known = find(id);
        if (known == nullptr || known->is_unmoved) continue;
        MailState state = *known;
        for (RecipientState& one : state.recipients)
            if (is_deferred(one, now)) one.next_try = BootTime{0};
        if (!(state == *known)) change.mails.emplace_back(id, std::move(state));
    }
    return change;
}

std::optional<Change> LoanBook::retried(const SpoolId& id) const
{
    const MailState* known = find(id);
    MailState state = known != nullptr ? *known : MailState{};
    // Pending: it was buried whole, or a crash ended a retry before the file was moved.
    const bool somebody = take_up(state, RecipientStatus::failed) || state.has_pending() ||
                          take_up(state, RecipientStatus::held);
    if (!somebody) return std::nullopt;
    for (RecipientState& one : state.recipients) one.next_try = BootTime{0};
    state.is_unmoved = false;
    return change_of(id, std::move(state));
}

Change LoanBook::buried(const SpoolId& id, const std::string& reason, WallTime now) const
{
    const MailState* known = find(id);
    MailState state = known != nullptr ? *known : MailState{};
    for (RecipientState& one : state.recipients) {
        if (one.status != RecipientStatus::held && one.status != RecipientStatus::pending) continue;
        one.status = RecipientStatus::failed;
        one.reason = reason;
    }
    state.note = reason;
    state.kept_since = now;
    return change_of(id, std::move(state));
}

}  // namespace mail
