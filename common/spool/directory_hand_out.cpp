#include "common/spool/directory_hand_out.h"

#include <algorithm>

#include "common/log.h"
#include "common/random_token.h"

namespace mail
{
namespace
{

constexpr std::chrono::seconds kTroubledRests{60};  // a mail that cannot be read or moved now

}  // namespace

DirectoryHandOut::Step::Step(DirectoryHandOut& spool) : spool_(spool), order_(spool.steps_)
{
    const Lock lock(spool_.mutex_);
    spool_.end_expired();
    spool_.is_changing_ = true;
}

DirectoryHandOut::Step::~Step()
{
    const Lock lock(spool_.mutex_);
    spool_.is_changing_ = false;
    spool_.announce();
}

/// Puts a mail where the loan book says it belongs: waiting, later, or away with its lease.
void DirectoryHandOut::place_by_book(const SpoolId& id)
{
    if (picked_.count(id) != 0) return;  // its picker decides
    const BootTime now = clock_.boot();
    const auto from = book_.lendable_from(id, now);
    if (!from)
        index_.park(id);
    else if (*from <= now)
        index_.wait(id);
    else
        index_.wait_until(id, *from);
}

void DirectoryHandOut::end_expired()
{
    if (is_changing_) return;
    const auto freed = book_.end_expired(clock_.boot());
    if (freed.empty()) return;
    for (const SpoolId& id : freed) place_by_book(id);
    log::warning("leases ended unsettled", {{"mails", freed.size()}});
    announce();
}

// --- picking

std::vector<Pick> DirectoryHandOut::next(std::size_t max)
{
    try_unmoved();
    const Lock lock(mutex_);
    end_expired();
    std::vector<Pick> picks;
    if (stopped_since_) return picks;
    for (const WaitingIndex::Place& place : index_.take(max, clock_.boot())) {
        picked_[place.id] = {};
        picks.push_back({place.id, place.of_original, book_.is_as_is(place.id)});
    }
    return picks;
}

/// Something came, was lent, settled or put back: whoever waits looks again, and counts anew until
/// when.
void DirectoryHandOut::announce()
{
    ++changes_;
    changed_.notify_all();
}

std::optional<BootTime> DirectoryHandOut::next_due() const
{
    if (stopped_since_) return std::nullopt;
    return index_.next_due();
}

bool DirectoryHandOut::wait_for_mail(std::chrono::steady_clock::time_point deadline,
                                     std::stop_token stop)
{
    Lock lock(mutex_);
    while (!stop.stop_requested()) {
        end_expired();
        const BootTime now = clock_.boot();
        std::optional<BootTime> next = next_due();
        if (next && *next <= now) return true;
        // A change that is under way is announced when it is done.
        const auto expiry = is_changing_ ? std::nullopt : book_.next_expiry();
        if (expiry && (!next || *expiry < *next)) next = expiry;
        auto until = deadline;
        if (next) until = std::min(until, std::chrono::steady_clock::now() + (*next - now));
        const std::uint64_t seen = changes_;
        changed_.wait_until(lock, stop, until, [&] { return changes_ != seen; });
        const bool none_waits = index_.waiting() == 0 || stopped_since_;
        if (none_waits && std::chrono::steady_clock::now() >= deadline) return false;
    }
    return false;
}

void DirectoryHandOut::put_back(const std::vector<Pick>& picks)
{
    const Lock lock(mutex_);
    for (const Pick& pick : picks) {
        const auto picked = picked_.find(pick.id);
        if (picked == picked_.end()) continue;
        const bool rests = picked->second.unreadable;
        picked_.erase(picked);
        if (rests)
            index_.wait_until(pick.id, clock_.boot() + kTroubledRests);
        else
            place_by_book(pick.id);
    }
    announce();
}

Result<Record> DirectoryHandOut::read(const Pick& pick)
{
    auto record = files_.read({pick.id, pick.of_original});
    const Lock lock(mutex_);
    const auto picked = picked_.find(pick.id);
    if (picked == picked_.end()) return record;
    if (record) {
        picked->second.envelope = record->envelope;
    } else if (record.error().kind == ErrorKind::missing) {
        picked_.erase(picked);
        index_.remove(pick.id, pick.of_original);
    } else {
        picked->second.unreadable = true;
    }
    return record;
}

std::vector<std::string> DirectoryHandOut::lendable(const Pick& pick, const Envelope& envelope)
{
    const Lock lock(mutex_);
    return book_.lendable(pick.id, envelope, clock_.boot());
}

bool DirectoryHandOut::has_later_recipients(const Pick& pick)
{
    const Lock lock(mutex_);
    return book_.has_later_recipients(pick.id, clock_.boot());
}

// --- lending

Result<Done> DirectoryHandOut::keep(const Change& change)
{
    if (change.empty()) return Done{};
    if (auto ok = journal_.append(encode_change(change)); !ok) return ok;
    const Lock lock(mutex_);
    book_.apply(change);
    return Done{};
}

/// What was picked before a stop waits again, and goes nowhere. Within a Step: no stop comes before
/// its end.
bool DirectoryHandOut::is_stopped_for(const std::vector<Pick>& picks)
{
    if (!stopped_since()) return false;
    put_back(picks);
    return true;
}

Result<Lease> DirectoryHandOut::lease(const std::vector<Loan>& loans, std::chrono::seconds seconds)
{
    const Step step(*this);
    std::vector<Pick> picks;
    for (const Loan& loan : loans) picks.push_back(loan.pick);
    if (is_stopped_for(picks)) return Error{ErrorKind::refused, "lease: hand-out is stopped"};
    const Lease lease{random_token(), seconds, clock_.wall() + seconds};
    auto kept = keep(granted(lease.token, loans, seconds));
    const Lock lock(mutex_);
    for (const Loan& loan : loans) {
        picked_.erase(loan.pick.id);
        place_by_book(loan.pick.id);
    }
    if (!kept) return std::move(kept).error();
    return lease;
}

Change DirectoryHandOut::granted(const std::string& token, const std::vector<Loan>& loans,
                                 std::chrono::seconds seconds)
{
    const Lock lock(mutex_);
    const auto envelope_of = [this](const SpoolId& id) -> const Envelope* {
        const auto picked = picked_.find(id);
        return picked == picked_.end() ? nullptr : &picked->second.envelope;
    };
    return book_.granted(token, clock_.boot() + seconds, loans, envelope_of);
}

Result<Lease> DirectoryHandOut::renew(const std::string& token, std::chrono::seconds seconds)
{
    const Step step(*this);
    Change change;
    {
        const Lock lock(mutex_);
        if (!book_.has_lease(token)) return Error{ErrorKind::missing, "renew lease"};
        change = book_.renewed(token, clock_.boot() + seconds);
    }
    if (auto ok = keep(change); !ok) return std::move(ok).error();
    return Lease{token, seconds, clock_.wall() + seconds};
}

Result<Done> DirectoryHandOut::release(const std::string& token)
{
    const Step step(*this);
    Change change;
    std::vector<SpoolId> freed;
    {
        const Lock lock(mutex_);
        if (!book_.has_lease(token)) return Error{ErrorKind::missing, "release lease"};
        freed = book_.lent_under(token);
        change = book_.released(token);
    }
    if (auto ok = keep(change); !ok) return ok;
    const Lock lock(mutex_);
    for (const SpoolId& id : freed) place_by_book(id);
    return Done{};
}

// --- settling: the journal first, then the files, then the directories, then the answer

Result<Settlement> DirectoryHandOut::settle(const std::string& token,
                                            const std::vector<Outcome>& outcomes)
{
    const Step step(*this);
    const LoanBook::Settled settled = settled_by(token, outcomes);
    if (auto ok = keep(settled.change); !ok) return std::move(ok).error();
    std::set<std::string> to_sync;
    std::vector<SpoolId> unmoved;
    Result<Done> carried = Done{};
    for (const auto& [id, fate] : settled.fates) {
        auto ok = carry_out(id, fate, to_sync);
        if (!ok && fate != Fate::deleted) {
            log::warning("settled mail stays in messages/: its shelf has no room",
                         {{"id", id.hex()}, {"reason", ok.error().describe()}});
            unmoved.push_back(id);
        } else if (!ok) {
            carried = std::move(ok);
        }
    }
    auto left = leave_unmoved(unmoved);
    if (auto ok = files_.sync(to_sync); !ok) return std::move(ok).error();
    if (!left) return std::move(left).error();
    if (!carried) return std::move(carried).error();
    if (unmoved.empty()) move_unmoved();
    return settled.answer;
}

LoanBook::Settled DirectoryHandOut::settled_by(const std::string& token,
                                               const std::vector<Outcome>& outcomes)
{
    const Lock lock(mutex_);
    return book_.settled(token, outcomes, clock_.boot(), clock_.wall());
}

Result<Done> DirectoryHandOut::carry_out(const SpoolId& id, Fate fate,
                                         std::set<std::string>& to_sync)
{
    Lock lock(mutex_);
    if (fate == Fate::stays) {
        place_by_book(id);
        return Done{};
    }
    const auto place = index_.find_aside(id);
    if (!place) return Done{};  // its file went by another hand
    lock.unlock();
    const SpoolName name{id, place->of_original};
    const std::string directory =
        fate == Fate::failed ? layout().failed_dir() : layout().held_dir();
    auto done = fate == Fate::deleted ? files_.remove(name) : files_.move(name, directory);
    if (!done) return done;
    lock.lock();
    if (fate == Fate::deleted) book_.forget(id);
    index_.remove(id, name.of_original);
    to_sync.insert(layout().messages_dir());
    if (fate != Fate::deleted) to_sync.insert(directory);
    return Done{};
}

// --- moving a picked mail away

Result<Done> DirectoryHandOut::hold(const Pick& pick, const std::string& reason)
{
    return move_away(pick, layout().held_dir(), reason);
}

Result<Done> DirectoryHandOut::bury(const Pick& pick, const std::string& reason)
{
    return move_away(pick, layout().failed_dir(), reason);
}

Result<Done> DirectoryHandOut::quarantine(const Pick& pick, const std::string& reason)
{
    return move_away(pick, layout().corrupt_dir(), reason);
}

Result<Done> DirectoryHandOut::move_away(const Pick& pick, const std::string& directory,
                                         const std::string& reason)
{
    const Step step(*this);
    const SpoolName name{pick.id, pick.of_original};
    auto moved = keep(noted(pick.id, reason));
    if (moved) moved = files_.move(name, directory);
    if (moved) moved = files_.sync({layout().messages_dir(), directory});
    const Lock lock(mutex_);
    picked_.erase(pick.id);
    if (moved) {
        index_.remove(pick.id, pick.of_original);
    } else {
        index_.wait_until(pick.id, clock_.boot() + kTroubledRests);
    }
    return moved;
}

Change DirectoryHandOut::noted(const SpoolId& id, const std::string& reason)
{
    const Lock lock(mutex_);
    return book_.noted(id, reason, clock_.wall());
}

/// All or nothing: what was moved before a step failed comes back, since nobody got it.
Result<Done> DirectoryHandOut::hand_over(const std::vector<Pick>& picks)
{
    const Step step(*this);
    if (is_stopped_for(picks)) return Error{ErrorKind::refused, "hand over: hand-out is stopped"};
    const WallTime now = clock_.wall();
    files_.drop_old_handed(clock_);
    std::vector<SpoolName> moved;
    Result<Done> result = Done{};
    for (const Pick& pick : picks) {
        const SpoolName name{pick.id, pick.of_original};
        result = files_.move_to_handed(name, now);
        if (!result) break;
        moved.push_back(name);
    }
    if (result) result = files_.sync({layout().messages_dir(), layout().handed_dir()});
    if (!result)
        for (const SpoolName& name : moved) files_.take_back_handed(name, now);
    const Lock lock(mutex_);
    for (const Pick& pick : picks) {
        picked_.erase(pick.id);
        if (!result) {
            place_by_book(pick.id);
            continue;
        }
        index_.remove(pick.id, pick.of_original);
        book_.forget(pick.id);
    }
    return result;
}

}  // namespace mail
