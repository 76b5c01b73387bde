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
        new DirectoryHandOut(options.root, files, clock, std::move(*lock)));
    if (auto ok = spool->start(); !ok) return std::move(ok).error();
    return spool;
}

DirectoryHandOut::DirectoryHandOut(const std::string& root, Files& files, const Clock& clock,
                                   LockFile lock)
    : files_(SpoolLayout(root), files),
      clock_(clock),
      lock_(std::move(lock)),
      journal_({files_.layout().journal(0), files_.layout().journal(1)}, files, [this] {
          std::vector<std::string> payloads;
          for (const Change& change : book_.snapshot()) payloads.push_back(encode_change(change));
          return payloads;
      })
{
}

Result<Done> DirectoryHandOut::start()
{
    // Watch first, then look: a mail that comes between the two is seen twice, never missed.
    SpoolWatcher::Events events;
    events.came = [this](const std::string& name) { came(name); };
    events.gone = [this](const std::string& name) { gone(name); };
    events.overflowed = [this] {
        const Lock lock(mutex_);
        log::warning("too many files at once; looking through messages/ again");
        if (auto ok = scan(); !ok)
            log::error("spool not read", {{"reason", ok.error().describe()}});
        announce();
    };
    const Lock lock(mutex_);
    auto watcher = SpoolWatcher::start(layout().messages_dir(), std::move(events));
    if (!watcher) return std::move(watcher).error();
    watcher_ = std::move(*watcher);
    if (auto ok = replay_journal(); !ok) return ok;
    if (auto ok = scan(); !ok) return ok;
    files_.drop_old_handed(clock_.wall());
    log::info("spool open", {{"spool", layout().root()}, {"waiting", index_.waiting()}});
    return Done{};
}

Result<Done> DirectoryHandOut::replay_journal()
{
    auto opened = journal_.open([this](std::string_view payload) {
        if (const auto change = decode_change(payload))
            book_.apply(*change);
        else
            log::warning("journal line not understood; passed over");
    });
    if (!opened) return opened;
    Change boot;
    boot.boot_id = clock_.boot_id();
    if (auto ok = keep(boot); !ok) return ok;
    if (auto ok = files_.drop_copies(); !ok) return ok;
    return forget_the_gone();
}

Result<Done> DirectoryHandOut::forget_the_gone()
{
    std::set<SpoolId> there;
    for (const std::string& directory :
         {layout().messages_dir(), layout().held_dir(), layout().failed_dir()}) {
        auto listed = files_.list(directory, [&](const SpoolName& name) {
            // Only what the book knows matters here; a million waiting mails are not copied.
            if (book_.find(name.id) != nullptr) there.insert(name.id);
        });
        if (!listed) return listed;
    }
    book_.forget_unless([&](const SpoolId& id) { return there.count(id) != 0; });
    end_expired();
    return Done{};
}

/// Takes in what lies in messages/. What is known already stays where it is.
Result<Done> DirectoryHandOut::scan()
{
    return files_.list(layout().messages_dir(),
                       [this](const SpoolName& name) { admit(name, false); });
}

// --- what inotify says

void DirectoryHandOut::came(const std::string& file)
{
    const auto name = SpoolLayout::parse(file);
    if (!name) return;
    const Lock lock(mutex_);
    admit(*name, true);
    announce();
}

void DirectoryHandOut::gone(const std::string& file)
{
    const auto name = SpoolLayout::parse(file);
    if (!name) return;
    const Lock lock(mutex_);
    // An event may be older than what is there now: only a file that is truly gone leaves the
    // index.
    if (files_.is_missing(*name)) index_.remove(name->id, name->of_original);
}

/// A mail in messages/. `closed`: its writer has closed it, or renamed it into place.
void DirectoryHandOut::admit(const SpoolName& name, bool closed)
{
    const auto place = place_of(name);
    if (!place) return;  // gone again
    // The original writes in place: a file that somebody may still write to rests first.
    const bool may_be_open = name.of_original && !closed && age_of(*place) < kOriginalSettles;
    if (index_.knows(*place)) {
        const bool was_open = closed && name.of_original && book_.find(name.id) == nullptr;
        if (was_open && !picked_.count(name.id)) index_.wait(name.id);
        return;
    }
    index_.add_aside(*place);
    book_.apply(book_.revived(name.id));
    if (may_be_open)
        index_.wait_until(name.id, clock_.boot() + kOriginalSettles);
    else
        place_by_book(name.id);
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
