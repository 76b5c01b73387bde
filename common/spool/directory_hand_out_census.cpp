/// How much is in which state, for those who watch the spool.
#include <algorithm>

#include "common/spool/directory_hand_out.h"

namespace mail
{

/// What stands aside is set aside by a hand-out that is under way (it waits, for all that anybody
/// knows), settled and without room on its shelf (count_kept() has it), or else lent. What is lent
/// in part is lent: the same words as LoanBook::tell() has.
Census DirectoryHandOut::census()
{
    const Lock lock(mutex_);
    end_expired();
    const WaitingIndex::Counts counts = index_.count(clock_.boot());
    const std::size_t not_lent = picked_.size() + unmoved_.size();
    Census census;
    census.waiting = counts.waiting + picked_.size();
    census.deferred = counts.later;
    census.leased = counts.aside - std::min(counts.aside, not_lent);
    for (const SpoolId& id : book_.partly_lent()) count_as_leased(id, census);
    census.leases = book_.lease_count();
    census.oldest_age = oldest_age();
    census.arrived = arrived_;
    return census;
}

/// A mail of which some recipients are lent, and others wait or rest: it stands with these in the
/// index, and an operator calls it leased.
void DirectoryHandOut::count_as_leased(const SpoolId& id, Census& census) const
{
    const bool is_deferred = index_.is_later(id);
    const bool is_waiting = index_.is_waiting(id) || picked_.contains(id);
    if (!is_deferred && !is_waiting) return;  // parked, and counted already
    --(is_deferred ? census.deferred : census.waiting);
    ++census.leased;
}

std::optional<std::chrono::milliseconds> DirectoryHandOut::oldest_age()
{
    using std::chrono::milliseconds;
    const BootTime now = clock_.boot();
    const WaitingIndex::Oldest oldest = index_.oldest(now);
    std::optional<milliseconds> age;
    if (oldest.due) age = now - *oldest.due;
    if (oldest.came_milliseconds) {
        const auto wall = std::chrono::floor<milliseconds>(clock_.wall().time_since_epoch());
        const auto since = wall - milliseconds(*oldest.came_milliseconds);
        age = std::max(age.value_or(milliseconds(0)), since);
    }
    return age;
}

Result<ShelfCounts> DirectoryHandOut::count_kept()
{
    try_unmoved();
    ShelfCounts counts;
    const auto count = [this](const std::string& directory, std::size_t& number) {
        return files_.list(directory, [&number](const SpoolName&) { ++number; });
    };
    if (auto ok = count(layout().held_dir(), counts.held); !ok) return std::move(ok).error();
    if (auto ok = count(layout().failed_dir(), counts.failed); !ok) return std::move(ok).error();
    if (auto ok = count(layout().corrupt_dir(), counts.corrupt); !ok) return std::move(ok).error();
    const Lock lock(mutex_);
    for (const SpoolId& id : unmoved_)
        ++(book_.fate(id) == Fate::failed ? counts.failed : counts.held);
    return counts;
}

}  // namespace mail
