/// How much is in which state, for those who watch the spool.
#include <algorithm>

#include "common/spool/directory_hand_out.h"

namespace mail
{

/// What stands aside is set aside by a hand-out that is under way (it waits, for all that anybody
/// knows), settled and without room on its shelf (count_kept() has it), or else lent.
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
    census.leases = book_.lease_count();
    census.oldest_age = oldest_age();
    census.arrived = arrived_;
    return census;
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
