/// Settled mail that its shelf has no room for: it stays in messages/, is lent to nobody, and
/// follows.
#include <algorithm>
#include <iterator>

#include "common/log.h"
#include "common/spool/directory_hand_out.h"

namespace mail
{
namespace
{

constexpr std::chrono::seconds kUnmovedRests{60};
constexpr std::chrono::seconds kBetweenMoves{10};
constexpr std::size_t kMovesAtOnce = 1000;  // before whoever asked for mail gets some

}  // namespace

/// Mails that failed/ or held/ cannot take now (a directory grows by blocks, and the disk may be
/// full). The courier's word stands in the journal, marked, so that a start does not take them for
/// mail that a person moved back; the files follow when there is room.
Result<Done> DirectoryHandOut::leave_unmoved(const std::vector<SpoolId>& ids)
{
    if (ids.empty()) return Done{};
    Lock lock(mutex_);
    const Change marked = book_.marked_unmoved(ids, true);
    lock.unlock();
    auto kept = keep(marked);
    if (!kept) {
        for (const SpoolId& id : ids) rest_unmoved(id);
        return kept;
    }
    lock.lock();
    for (const SpoolId& id : ids) {
        unmoved_.insert(id);
        index_.park(id);
    }
    next_move_ = clock_.boot() + kBetweenMoves;
    return kept;
}

/// Whoever asks for mail, or looks at the shelves, comes here first.
void DirectoryHandOut::try_unmoved()
{
    {
        const Lock lock(mutex_);
        if (unmoved_.empty() || clock_.boot() < next_move_) return;
    }
    const Step step(*this);
    move_unmoved();
}

/// Within a Step. The first that finds no room ends it, for a while. The mark goes last: what a
/// crash leaves on its shelf with it, the next start sees there.
void DirectoryHandOut::move_unmoved()
{
    Lock lock(mutex_);
    if (unmoved_.empty() || clock_.boot() < next_move_) return;
    next_move_ = clock_.boot() + kBetweenMoves;
    const auto end = std::next(unmoved_.begin(), std::min(unmoved_.size(), kMovesAtOnce));
    const std::vector<SpoolId> ids(unmoved_.begin(), end);
    lock.unlock();
    std::vector<SpoolId> moved;
    for (const SpoolId& id : ids) {
        if (!move_to_shelf(id)) break;
        moved.push_back(id);
    }
    if (moved.empty()) return;
    const auto synced =
        files_.sync({layout().failed_dir(), layout().held_dir(), layout().messages_dir()});
    lock.lock();
    for (const SpoolId& id : moved) unmoved_.erase(id);
    if (moved.size() == ids.size()) next_move_ = clock_.boot();  // there may be more
    const Change unmarked = book_.marked_unmoved(moved, false);
    lock.unlock();
    // Unsynced, they keep the mark: a power cut may bring them back.
    if (synced) static_cast<void>(keep(unmarked));
    log::info("settled mails moved to their shelf", {{"count", moved.size()}});
}

Result<Done> DirectoryHandOut::move_to_shelf(const SpoolId& id)
{
    Lock lock(mutex_);
    const auto place = index_.find_aside(id);
    const bool is_failed = book_.fate(id) == Fate::failed;
    lock.unlock();
    if (!place) return Done{};  // its file went by another hand
    const SpoolName name{id, place->of_original};
    auto moved = files_.move(name, is_failed ? layout().failed_dir() : layout().held_dir());
    if (!moved) return moved;
    lock.lock();
    index_.remove(id, name.of_original);
    return moved;
}

/// What cannot even be noted down is what the next start would find in messages/: pending again,
/// for the courier to say the same once more.
void DirectoryHandOut::rest_unmoved(const SpoolId& id)
{
    const Lock lock(mutex_);
    book_.apply(book_.revived(id));
    index_.wait_until(id, clock_.boot() + kUnmovedRests);
}

}  // namespace mail
