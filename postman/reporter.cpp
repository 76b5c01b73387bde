#include "postman/reporter.h"

#include <iterator>
#include <unordered_set>

#include "common/log.h"

namespace postman
{
namespace
{

/// What is delivered and not yet told is all that another courier would send again if we were
/// killed.
constexpr mail::BootTime kLongestWait = std::chrono::seconds(1);

}  // namespace

void RoundCounts::add(const Told& told)
{
    const std::size_t count = std::max<std::size_t>(told.outcome.recipients.size(), 1);
    switch (told.outcome.kind) {
        case mail::OutcomeKind::delivered:
            (told.is_repeat ? repeats : delivered) += count;
            break;
        case mail::OutcomeKind::deferred:
            deferred += count;
            break;
        case mail::OutcomeKind::failed:
            failed += count;
            break;
        case mail::OutcomeKind::held:
            held += count;
            break;
    }
}

void RoundCounts::add(const RoundCounts& counts)
{
    mails += counts.mails;
    delivered += counts.delivered;
    deferred += counts.deferred;
    failed += counts.failed;
    held += counts.held;
    repeats += counts.repeats;
}

Reporter::Reporter(Postmaster& postmaster, std::string lease, Ledger& ledger,
                   const mail::Clock& clock)
    : postmaster_(postmaster), lease_(std::move(lease)), ledger_(ledger), clock_(clock)
{
}

void Reporter::add(std::vector<Told> told)
{
    const std::scoped_lock lock(mutex_);
    for (Told& one : told) {
        if (waiting_.empty()) oldest_ = clock_.boot();
        counts_.add(one);
        told_.insert(one.outcome.id);
        waiting_.push_back(std::move(one.outcome));
    }
}

RoundCounts Reporter::counts() const
{
    const std::scoped_lock lock(mutex_);
    return counts_;
}

std::set<mail::SpoolId> Reporter::told() const
{
    const std::scoped_lock lock(mutex_);
    return told_;
}

bool Reporter::is_due() const
{
    const std::scoped_lock lock(mutex_);
    return !waiting_.empty() && clock_.boot() >= oldest_ + kLongestWait;
}

void Reporter::report_if_due()
{
    const std::unique_lock turn(reporting_, std::try_to_lock);
    if (!turn.owns_lock() || !is_due()) return;
    std::vector<mail::Outcome> outcomes = take_waiting();
    if (report(outcomes)) return;
    const std::scoped_lock lock(mutex_);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(outcomes.begin()),
                    std::make_move_iterator(outcomes.end()));
    oldest_ = clock_.boot();
}

bool Reporter::report_all()
{
    const std::scoped_lock turn(reporting_);
    const std::vector<mail::Outcome> outcomes = take_waiting();
    return outcomes.empty() || report(outcomes);
}

std::vector<mail::Outcome> Reporter::take_waiting()
{
    const std::scoped_lock lock(mutex_);
    return std::exchange(waiting_, {});
}

bool Reporter::report(const std::vector<mail::Outcome>& outcomes)
{
    auto settlement = postmaster_.report(lease_, outcomes);
    if (!settlement) {
        for (const mail::Outcome& outcome : outcomes) unsure_.insert(outcome.id);
        settlement = postmaster_.report(lease_, outcomes);  // a repeat is harmless
    }
    if (!settlement) {
        mail::log::warning("outcomes-not-taken", {{"endpoint", postmaster_.name()},
                                                  {"outcomes", outcomes.size()},
                                                  {"reason", settlement.error().describe()}});
        return false;
    }
    note_settled(outcomes, *settlement);
    return true;
}

/// `unknown` to a repeat: the first time it was taken, and only its answer was lost; the mail lies
/// in failed/, and an operator who tries it again wants it tried. Not so with what is held: should
/// the lease have ended instead, the mail comes again, and what may have arrived must not be sent.
bool Reporter::was_said(const mail::Outcome& outcome) const
{
    return outcome.kind == mail::OutcomeKind::failed && unsure_.contains(outcome.id);
}

void Reporter::note_settled(const std::vector<mail::Outcome>& outcomes,
                            const mail::Settlement& settlement)
{
    const std::unordered_set<mail::SpoolId, mail::SpoolId::Hash> settled(settlement.settled.begin(),
                                                                         settlement.settled.end());
    std::vector<LedgerEntry> entries;
    for (const mail::Outcome& outcome : outcomes) {
        if (outcome.kind == mail::OutcomeKind::deferred) continue;
        if (!settled.contains(outcome.id) && !was_said(outcome)) continue;
        const LedgerEvent event = outcome.kind == mail::OutcomeKind::delivered
                                      ? LedgerEvent::confirmed
                                      : LedgerEvent::forgotten;
        for (const std::string& recipient : outcome.recipients)
            entries.push_back({event, outcome.id, recipient});
    }
    if (!entries.empty()) ledger_.note(entries);
}

}  // namespace postman
