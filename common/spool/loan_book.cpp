#include "common/spool/loan_book.h"

#include <algorithm>

namespace mail
{
namespace
{

bool is_lendable(const RecipientState& recipient, BootTime now)
{
    return recipient.status == RecipientStatus::pending && recipient.lease.empty() &&
           recipient.next_try <= now;
}

/// A state with every recipient once, all pending.
MailState fresh_state(const Envelope& envelope)
{
    MailState state;
    std::set<std::string_view> seen;
    for (const std::string& address : envelope.recipients) {
        if (!seen.insert(address).second) continue;
        state.recipients.emplace_back();
        state.recipients.back().address = address;
    }
    return state;
}

bool names(const std::vector<std::string>& recipients, const std::string& address)
{
    return std::find(recipients.begin(), recipients.end(), address) != recipients.end();
}

RecipientStatus status_after(OutcomeKind kind)
{
    switch (kind) {
        case OutcomeKind::delivered:
            return RecipientStatus::delivered;
        case OutcomeKind::failed:
            return RecipientStatus::failed;
        case OutcomeKind::held:
            return RecipientStatus::held;
        case OutcomeKind::deferred:
            break;
    }
    return RecipientStatus::pending;
}

/// Applies one outcome to what the lease has of the mail; false if it has none of it.
bool take_outcome(MailState& state, const std::string& token, const Outcome& outcome, BootTime now)
{
    bool any = false;
    for (RecipientState& recipient : state.recipients) {
        if (recipient.lease != token) continue;
        if (!outcome.recipients.empty() && !names(outcome.recipients, recipient.address)) continue;
        any = true;
        recipient.lease.clear();
        recipient.status = status_after(outcome.kind);
        recipient.reason = outcome.reason;
        recipient.next_try =
            outcome.kind == OutcomeKind::deferred ? now + outcome.retry_after : BootTime{0};
    }
    return any;
}

Fate fate_of(const MailState& state)
{
    if (state.has_pending()) return Fate::stays;
    const auto any = [&](RecipientStatus status) {
        return std::any_of(
            state.recipients.begin(), state.recipients.end(),
            [status](const RecipientState& recipient) { return recipient.status == status; });
    };
    return any(RecipientStatus::failed) ? Fate::failed
           : any(RecipientStatus::held) ? Fate::held
                                        : Fate::deleted;
}

/// The courier's words are the reasons now; an operator's word lasts until the mail is held again.
void mark_kept(MailState& state, Fate fate, WallTime wall)
{
    state.note.clear();
    state.kept_since = wall;
    state.is_unmoved = false;
    if (fate == Fate::held) state.as_is = false;
}

/// Those of one status are pending again; false if there are none.
bool take_up(MailState& state, RecipientStatus status)
{
    bool any = false;
    for (RecipientState& recipient : state.recipients) {
        if (recipient.status != status) continue;
        recipient.status = RecipientStatus::pending;
        recipient.next_try = BootTime{0};
        any = true;
    }
    return any;
}

}  // namespace

bool MailState::has_pending() const
{
    return recipients.empty() ||
           std::any_of(recipients.begin(), recipients.end(), [](const RecipientState& recipient) {
               return recipient.status == RecipientStatus::pending;
           });
}

void LoanBook::apply(const Change& change)
{
    if (!change.boot_id.empty()) enter_boot(change.boot_id);
    for (const Change::LeaseEnd& lease : change.leases) set_lease(lease);
    for (const auto& [id, state] : change.mails) set_mail(id, state);
}

/// The boot clock begins anew: leases have ended, and what was deferred is due.
void LoanBook::enter_boot(const std::string& boot_id)
{
    if (boot_id == boot_id_) return;
    boot_id_ = boot_id;
    leases_.clear();
    ends_.clear();
    partly_lent_.clear();
    for (auto& [id, state] : mails_) {
        for (RecipientState& recipient : state.recipients) {
            recipient.lease.clear();
            recipient.next_try = BootTime{0};
        }
    }
}

void LoanBook::set_lease(const Change::LeaseEnd& lease)
{
    if (lease.expires == BootTime{0}) return end_lease(lease.token);
    LeaseState& state = leases_[lease.token];
    ends_.erase({state.expires, lease.token});
    state.expires = lease.expires;
    ends_.insert({lease.expires, lease.token});
}

void LoanBook::end_lease(const std::string& token)
{
    const auto found = leases_.find(token);
    if (found == leases_.end()) return;
    for (const SpoolId& id : found->second.mails) {
        const auto mail = mails_.find(id);
        if (mail == mails_.end()) continue;
        for (RecipientState& recipient : mail->second.recipients)
            if (recipient.lease == token) recipient.lease.clear();
        note_partly_lent(id, mail->second);
    }
    ends_.erase({found->second.expires, token});
    leases_.erase(found);
}

void LoanBook::set_mail(const SpoolId& id, MailState state)
{
    const auto left = take_off(id);
    if (!state.recipients.empty() || !state.note.empty() || state.as_is) {
        for (RecipientState& recipient : state.recipients) {
            if (recipient.lease.empty()) continue;
            const auto lease = leases_.find(recipient.lease);
            if (lease == leases_.end())
                recipient.lease.clear();  // it has ended since
            else
                lease->second.mails.insert(id);
        }
        note_partly_lent(id, state);
        mails_[id] = std::move(state);
    }
    drop_empty(left);
}

void LoanBook::note_partly_lent(const SpoolId& id, const MailState& state)
{
    bool any_lent = false;
    bool any_other = false;
    for (const RecipientState& recipient : state.recipients) {
        if (!recipient.lease.empty())
            any_lent = true;
        else if (recipient.status == RecipientStatus::pending)
            any_other = true;
    }
    if (any_lent && any_other)
        partly_lent_.insert(id);
    else
        partly_lent_.erase(id);
}

void LoanBook::forget(const SpoolId& id)
{
    drop_empty(take_off(id));
}

/// Forgets a mail; returns the leases that had it.
std::vector<std::string> LoanBook::take_off(const SpoolId& id)
{
    std::vector<std::string> left;
    const auto mail = mails_.find(id);
    if (mail == mails_.end()) return left;
    for (const RecipientState& recipient : mail->second.recipients)
        if (const auto lease = leases_.find(recipient.lease); lease != leases_.end())
            if (lease->second.mails.erase(id) != 0) left.push_back(recipient.lease);
    mails_.erase(mail);
    partly_lent_.erase(id);
    return left;
}

/// Ends those of the leases that have nothing left: a courier that works for days would leave one
/// behind for each batch otherwise, until its time is over.
void LoanBook::drop_empty(const std::vector<std::string>& tokens)
{
    for (const std::string& token : tokens) {
        const auto lease = leases_.find(token);
        if (lease != leases_.end() && lease->second.mails.empty()) end_lease(token);
    }
}

void LoanBook::forget_unless(const std::function<bool(const SpoolId&)>& exists)
{
    std::vector<SpoolId> gone;
    for (const auto& [id, state] : mails_)
        if (!exists(id)) gone.push_back(id);
    for (const SpoolId& id : gone) forget(id);
}

std::vector<Change> LoanBook::snapshot() const
{
    constexpr std::size_t kMailsInChange = 200;
    std::vector<Change> changes(1);
    changes.front().boot_id = boot_id_;
    for (const auto& [token, lease] : leases_)
        changes.front().leases.push_back({token, lease.expires});
    for (const auto& mail : mails_) {
        if (changes.back().mails.size() == kMailsInChange) changes.emplace_back();
        changes.back().mails.emplace_back(mail.first, mail.second);
    }
    return changes;
}

std::vector<SpoolId> LoanBook::end_expired(BootTime now)
{
    std::vector<SpoolId> freed;
    while (!ends_.empty() && ends_.begin()->first <= now) {
        const std::string token = ends_.begin()->second;
        const auto& mails = leases_.at(token).mails;
        freed.insert(freed.end(), mails.begin(), mails.end());
        end_lease(token);
    }
    return freed;
}

std::optional<BootTime> LoanBook::next_expiry() const
{
    return ends_.empty() ? std::nullopt : std::optional(ends_.begin()->first);
}

std::vector<std::string> LoanBook::lendable(const SpoolId& id, const Envelope& envelope,
                                            BootTime now) const
{
    const MailState* known = find(id);
    const MailState state =
        known != nullptr && !known->recipients.empty() ? *known : fresh_state(envelope);
    std::vector<std::string> addresses;
    for (const RecipientState& recipient : state.recipients)
        if (is_lendable(recipient, now)) addresses.push_back(recipient.address);
    return addresses;
}

bool LoanBook::has_later_recipients(const SpoolId& id, BootTime now) const
{
    const MailState* state = find(id);
    return state != nullptr && std::any_of(state->recipients.begin(), state->recipients.end(),
                                           [now](const RecipientState& one) {
                                               return one.status == RecipientStatus::pending &&
                                                      !is_lendable(one, now);
                                           });
}

std::optional<BootTime> LoanBook::lendable_from(const SpoolId& id, BootTime now) const
{
    const MailState* state = find(id);
    if (state == nullptr || state->recipients.empty()) return BootTime{0};
    std::optional<BootTime> earliest;
    for (const RecipientState& recipient : state->recipients) {
        if (is_lendable(recipient, now)) return BootTime{0};
        if (recipient.status != RecipientStatus::pending || !recipient.lease.empty()) continue;
        if (!earliest || recipient.next_try < *earliest) earliest = recipient.next_try;
    }
    return earliest;
}

std::vector<SpoolId> LoanBook::lent_under(const std::string& token) const
{
    const auto lease = leases_.find(token);
    if (lease == leases_.end()) return {};
    return {lease->second.mails.begin(), lease->second.mails.end()};
}

Change LoanBook::granted(const std::string& token, BootTime expires, const std::vector<Loan>& loans,
                         const std::function<const Envelope*(const SpoolId&)>& envelope_of) const
{
    Change change;
    change.leases.push_back({token, expires});
    for (const Loan& loan : loans) {
        const MailState* known = find(loan.pick.id);
        const Envelope* envelope = envelope_of(loan.pick.id);
        MailState state = known != nullptr ? *known : MailState{};
        if (state.recipients.empty() && envelope != nullptr)
            state.recipients = fresh_state(*envelope).recipients;
        for (RecipientState& recipient : state.recipients)
            if (names(loan.recipients, recipient.address)) recipient.lease = token;
        change.mails.emplace_back(loan.pick.id, std::move(state));
    }
    return change;
}

Change LoanBook::renewed(const std::string& token, BootTime expires) const
{
    Change change;
    change.leases.push_back({token, expires});
    return change;
}

Change LoanBook::released(const std::string& token) const
{
    return renewed(token, BootTime{0});
}

LoanBook::Settled LoanBook::settled(const std::string& token, const std::vector<Outcome>& outcomes,
                                    BootTime now, WallTime wall) const
{
    Settled result;
    std::map<SpoolId, MailState> touched;
    std::set<SpoolId> known;
    for (const Outcome& outcome : outcomes) {
        const MailState* state = find(outcome.id);
        const bool lent = state != nullptr && has_lease(token);
        auto at = touched.find(outcome.id);
        if (lent && at == touched.end()) at = touched.emplace(outcome.id, *state).first;
        if (lent && take_outcome(at->second, token, outcome, now)) known.insert(outcome.id);
    }
    std::set<SpoolId> answered;
    for (const Outcome& outcome : outcomes) {
        if (!answered.insert(outcome.id).second) continue;
        (known.count(outcome.id) ? result.answer.settled : result.answer.unknown)
            .push_back(outcome.id);
    }
    for (const SpoolId& id : known) {
        const Fate fate = fate_of(touched.at(id));
        result.fates.emplace_back(id, fate);
        if (fate == Fate::failed || fate == Fate::held) mark_kept(touched.at(id), fate, wall);
        if (fate != Fate::deleted) result.change.mails.emplace_back(id, std::move(touched.at(id)));
    }
    return result;
}

Change LoanBook::noted(const SpoolId& id, const std::string& note, WallTime now) const
{
    const MailState* known = find(id);
    MailState state = known != nullptr ? *known : MailState{};
    state.note = note;
    state.kept_since = now;
    state.as_is = false;
    Change change;
    change.mails.emplace_back(id, std::move(state));
    return change;
}

std::optional<Change> LoanBook::taken_up(const SpoolId& id, Shelf shelf, bool as_is) const
{
    const MailState* known = find(id);
    MailState state = known != nullptr ? *known : MailState{};
    bool somebody = take_up(state, RecipientStatus::held);
    if (!somebody && shelf == Shelf::held)
        somebody = state.has_pending() || take_up(state, RecipientStatus::failed);
    // A release that a crash ended before the file was moved. What was buried whole has a note.
    if (!somebody && shelf == Shelf::failed)
        somebody = state.note.empty() && !state.recipients.empty() && state.has_pending();
    if (!somebody) return std::nullopt;
    state.as_is = as_is;
    state.is_unmoved = false;
    Change change;
    change.mails.emplace_back(id, std::move(state));
    return change;
}

Change LoanBook::marked_unmoved(const std::vector<SpoolId>& ids, bool is_unmoved) const
{
    Change change;
    for (const SpoolId& id : ids) {
        const MailState* known = find(id);
        if (known == nullptr || known->is_unmoved == is_unmoved) continue;
        change.mails.emplace_back(id, *known);
        change.mails.back().second.is_unmoved = is_unmoved;
    }
    return change;
}

bool LoanBook::is_unmoved(const SpoolId& id) const
{
    const MailState* state = find(id);
    return state != nullptr && state->is_unmoved;
}

std::vector<SpoolId> LoanBook::unmoved() const
{
    std::vector<SpoolId> ids;
    for (const auto& [id, state] : mails_)
        if (state.is_unmoved) ids.push_back(id);
    return ids;
}

Fate LoanBook::fate(const SpoolId& id) const
{
    const MailState* state = find(id);
    return state == nullptr ? Fate::stays : fate_of(*state);
}

bool LoanBook::is_as_is(const SpoolId& id) const
{
    const MailState* state = find(id);
    return state != nullptr && state->as_is;
}

Change LoanBook::revived(const SpoolId& id) const
{
    Change change;
    const MailState* known = find(id);
    if (known == nullptr || known->is_unmoved) return change;
    const auto is_pending = [](const RecipientState& one) {
        return one.status == RecipientStatus::pending;
    };
    // It waits for others, and never left messages/: what failed stays failed over a restart.
    if (std::any_of(known->recipients.begin(), known->recipients.end(), is_pending)) return change;
    MailState state = *known;
    state.note.clear();
    take_up(state, RecipientStatus::failed);
    take_up(state, RecipientStatus::held);
    if (!(state == *known)) change.mails.emplace_back(id, std::move(state));
    return change;
}

const MailState* LoanBook::find(const SpoolId& id) const
{
    const auto mail = mails_.find(id);
    return mail == mails_.end() ? nullptr : &mail->second;
}

}  // namespace mail
