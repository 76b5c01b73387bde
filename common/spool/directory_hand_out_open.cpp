/// How mail gets into the index: the opening of the spool, and what inotify says from then on.
#include <algorithm>

#include "common/log.h"
#include "common/spool/directory_hand_out.h"
#include "common/spool/spool_directory.h"

namespace mail
{
namespace
{

/// A file that the original may still write to is judged then.
constexpr std::chrono::seconds kOriginalSettles{60};

}  // namespace

// --- opening

Result<std::unique_ptr<DirectoryHandOut>> DirectoryHandOut::open(
    const DirectoryHandOutOptions& options, Files& files, const Clock& clock)
{
    const SpoolLayout layout(options.root);
    auto lock = prepare_spool(layout, layout.postmaster_lock(), options.unsafe_spool, files);
    if (!lock) return std::move(lock).error();
    std::unique_ptr<DirectoryHandOut> spool(
        new DirectoryHandOut(options, files, clock, std::move(*lock)));
    if (auto ok = spool->start(options.is_watched); !ok) return std::move(ok).error();
    return spool;
}

DirectoryHandOut::DirectoryHandOut(const DirectoryHandOutOptions& options, Files& files,
                                   const Clock& clock, LockFile lock)
    : disk_(files, clock),
      files_(SpoolLayout(options.root), disk_),
      clock_(clock),
      lock_(std::move(lock)),
      journal_(
          {files_.layout().journal(0), files_.layout().journal(1)}, disk_,
          [this] {
              const Lock guard(mutex_);
              std::vector<std::string> payloads;
              for (const Change& change : book_.snapshot())
                  payloads.push_back(encode_change(change));
              return payloads;
          },
          options.journal),
      shelves_(files_)
{
}

Result<Done> DirectoryHandOut::start(bool is_watched)
{
    // Watch first, then look: a mail that comes between the two is seen twice, never missed.
    if (is_watched)
        if (auto ok = watch(); !ok) return ok;
    if (auto ok = replay_and_say_so(); !ok) return ok;
    if (auto ok = fill_index(); !ok) return ok;
    if (auto ok = read_hold_mark(); !ok) return ok;
    settle_unmoved();
    files_.drop_old_handed(clock_);
    const Lock lock(mutex_);
    arrived_ = 0;
    log::info("spool open", {{"spool", layout().root()}, {"waiting", index_.waiting()}});
    return Done{};
}

Result<Done> DirectoryHandOut::watch()
{
    SpoolWatcher::Events events;
    events.came = [this](const std::string& name) { came(name); };
    events.gone = [this](const std::string& name) { gone(name); };
    events.overflowed = [this] {
        log::warning("too many files at once; looking through messages/ again");
        if (auto ok = look_again(); !ok)
            log::error("spool not read", {{"reason", ok.error().describe()}});
    };
    auto watcher = SpoolWatcher::start(layout().messages_dir(), std::move(events));
    if (!watcher) return std::move(watcher).error();
    watcher_ = std::move(*watcher);
    return Done{};
}

Result<Done> DirectoryHandOut::look_again()
{
    replayed_.wait();
    auto looked = scan();
    const Lock lock(mutex_);
    announce();
    return looked;
}

/// Said in any case, or the watcher's thread waits for it, and its end for the thread.
Result<Done> DirectoryHandOut::replay_and_say_so()
{
    struct SayIt {
        std::latch& latch;
        ~SayIt() { latch.count_down(); }
    };
    const SayIt in_any_case{replayed_};
    return replay_journal();
}

/// What lay in messages/ for lack of room goes to its shelf; what lies there already was moved just
/// before the end.
void DirectoryHandOut::settle_unmoved()
{
    const std::lock_guard order(steps_);
    Lock lock(mutex_);
    std::vector<SpoolId> moved;
    for (const SpoolId& id : book_.unmoved())
        if (!unmoved_.contains(id)) moved.push_back(id);
    const Change unmarked = book_.marked_unmoved(moved, false);
    lock.unlock();
    if (!keep(unmarked)) {
        // Marked still, in memory too: a person who moves one back finds it moved again.
        log::warning("marks of moved mails stay in the journal", {{"count", moved.size()}});
    }
    move_unmoved();
}

Result<Done> DirectoryHandOut::replay_journal()
{
    const std::lock_guard order(steps_);
    auto opened = journal_.open([this](std::string_view payload) {
        const auto change = decode_change(payload);
        if (!change) return log::warning("journal line not understood; passed over");
        const Lock lock(mutex_);
        book_.apply(*change);
    });
    if (!opened) return opened;
    Change boot;
    boot.boot_id = clock_.boot_id();
    if (auto ok = keep(boot); !ok) return ok;
    return files_.drop_copies();
}

/// messages/ is read once: a million names take seconds where the disk is cold.
Result<Done> DirectoryHandOut::fill_index()
{
    if (auto ok = scan(); !ok) return ok;
    std::set<SpoolId> on_shelves;
    for (const std::string& directory :
         {layout().held_dir(), layout().failed_dir(), layout().corrupt_dir()}) {
        auto listed =
            files_.list(directory, [&](const SpoolName& name) { on_shelves.insert(name.id); });
        if (!listed) return listed;
    }
    const Lock lock(mutex_);
    book_.forget_unless(
        [&](const SpoolId& id) { return index_.has(id) || on_shelves.count(id) != 0; });
    end_expired();
    return Done{};
}

/// Takes in what lies in messages/. What is known already stays where it is. In the order of the
/// index, which then grows at its end: a million names in the directory's order take five times as
/// long.
Result<Done> DirectoryHandOut::scan()
{
    std::vector<SpoolName> names;
    auto listed = files_.list(layout().messages_dir(),
                              [&names](const SpoolName& name) { names.push_back(name); });
    std::sort(names.begin(), names.end(),
              [](const SpoolName& a, const SpoolName& b) { return a.id < b.id; });
    for (const SpoolName& name : names) {
        const Lock lock(mutex_);
        admit(name, false);
    }
    return listed;
}

// --- what inotify says

void DirectoryHandOut::came(const std::string& file)
{
    const auto name = SpoolLayout::parse(file);
    if (!name) return;
    replayed_.wait();
    const Lock lock(mutex_);
    admit(*name, true);
    announce();
}

void DirectoryHandOut::gone(const std::string& file)
{
    const auto name = SpoolLayout::parse(file);
    if (!name) return;
    replayed_.wait();
    const Lock lock(mutex_);
    if (!index_.has(name->id)) return;         // by our own hand
    if (picked_.count(name->id) != 0) return;  // its picker decides, and may put the file back
    // An event may be older than what is there now: only a file that is truly gone leaves the
    // index.
    if (files_.is_missing(*name)) index_.remove(name->id, name->of_original);
}

/// A mail in messages/. `closed`: its writer has closed it, or renamed it into place.
void DirectoryHandOut::admit(const SpoolName& name, bool closed)
{
    const auto place = place_of(name);
    if (!place) return;  // gone again
    if (index_.knows_twin_of(*place)) return set_twin_apart(name);
    // The original writes in place: a file that somebody may still write to rests first.
    const bool may_be_open = name.of_original && !closed && age_of(*place) < kOriginalSettles;
    if (index_.knows(*place)) {
        const bool was_open = closed && name.of_original && book_.find(name.id) == nullptr;
        if (was_open && !picked_.count(name.id)) index_.wait(name.id);
        return;
    }
    const bool is_fresh = book_.find(name.id) == nullptr && picked_.count(name.id) == 0;
    if (is_fresh) ++arrived_;
    if (is_fresh && !may_be_open) return index_.add_waiting(*place);
    index_.add_aside(*place);
    if (book_.is_unmoved(name.id)) unmoved_.insert(name.id);
    book_.apply(book_.revived(name.id));
    if (may_be_open)
        index_.wait_until(name.id, clock_.boot() + kOriginalSettles);
    else
        place_by_book(name.id);
}

/// An id names one mail: an outcome for one would settle the other unsent.
void DirectoryHandOut::set_twin_apart(const SpoolName& name)
{
    auto moved = files_.move(name, layout().corrupt_dir());
    if (moved) moved = files_.sync({layout().messages_dir(), layout().corrupt_dir()});
    log::error("two files of one id: the later is in corrupt/",
               {{"id", name.id.hex()}, {"reason", moved ? "" : moved.error().describe()}});
}

std::optional<WaitingIndex::Place> DirectoryHandOut::place_of(const SpoolName& name)
{
    WaitingIndex::Place place{name.id.unix_milliseconds().value_or(0), name.id, name.of_original};
    if (!name.of_original) return place;
    const auto modified = files_.modified_seconds(name);
    if (!modified) return std::nullopt;
    place.milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(*modified, 0)) * 1000;
    return place;
}

std::chrono::milliseconds DirectoryHandOut::age_of(const WaitingIndex::Place& place) const
{
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(clock_.wall().time_since_epoch());
    return now - std::chrono::milliseconds(place.milliseconds);
}

}  // namespace mail
