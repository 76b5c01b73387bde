#include "common/spool/commit_journal.h"

#include <algorithm>

#include "common/log.h"

namespace mail
{

Result<std::unique_ptr<CommitJournal>> CommitJournal::open(const SpoolLayout& layout, Files& files,
                                                           CommitJournalOptions options)
{
    auto tree = files.open_tree(layout.root());
    if (!tree) return std::move(tree).error();
    std::unique_ptr<CommitJournal> journal(new CommitJournal(layout, files, options));
    journal->tree_ = std::move(*tree);
    for (Slot& slot : journal->slots_)
        if (auto ok = journal->make(slot); !ok) return std::move(ok).error();
    CommitJournal& self = *journal;
    if (options.checkpoint_after.count() != 0)
        journal->thread_ = std::jthread([&self](const std::stop_token& stop) { self.run(stop); });
    return journal;
}

CommitJournal::CommitJournal(const SpoolLayout& layout, Files& files, CommitJournalOptions options)
    : state_dir_(layout.state_dir()), files_(files), options_(options)
{
    for (int i = 0; i < 2; ++i) slots_[i].path = layout.commits(i);
}

CommitJournal::~CommitJournal()
{
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

/// A file of zeros with a head of its own, and its name, durable. Zeros, and not only reserved: a
/// block that was never written would cost the file system's journal a commit at its first sync.
Result<Done> CommitJournal::make(Slot& slot)
{
    auto gone = files_.unlink(slot.path);
    if (!gone && gone.error().kind != ErrorKind::missing) return gone;
    auto file = files_.create_exclusive(slot.path);
    if (!file) return std::move(file).error();
    slot.file = std::move(*file);
    const std::string zeros(std::min<std::uint64_t>(options_.file_bytes, 1 << 20), '\0');
    for (std::uint64_t at = 0; at < options_.file_bytes; at += zeros.size())
        if (auto ok = slot.file->write_at(at, zeros); !ok) return ok;
    if (auto ok = write_head(slot); !ok) return ok;
    return files_.sync_dir(state_dir_);
}

/// With a generation of its own, so that no older entry in the file counts any more.
Result<Done> CommitJournal::write_head(Slot& slot)
{
    slot.generation = ++last_generation_;
    if (auto ok = slot.file->write_at(0, commit_head(slot.generation)); !ok) return ok;
    if (auto ok = slot.file->sync_data(); !ok) return ok;
    slot.end = kCommitPageBytes;
    slot.entries = 0;
    return Done{};
}

bool CommitJournal::can_hold(std::uint64_t bytes) const
{
    return kCommitPageBytes + whole_commit_pages(bytes) <= options_.file_bytes;
}

Result<CommitJournal::Group> CommitJournal::append(const std::vector<CommitEntry>& entries)
{
    std::uint64_t bytes = 0;
    for (const CommitEntry& entry : entries) bytes += commit_bytes_of(entry.json.size());
    Lock lock(mutex_);
    if (auto ok = make_room(lock, bytes); !ok) return std::move(ok).error();
    const Group group = active_;
    Slot& slot = slots_[group];
    if (slot.entries == 0) first_commit_ = std::chrono::steady_clock::now();
    auto written = write_alone(lock, slot, entries);
    if (!written) {
        slot.file.reset();  // what it holds now is unknown; its older entries count until drained
        due_.notify_all();
        return std::move(written).error();
    }
    const bool was_quiet = slot.is_empty();
    const bool was_due = is_due();
    slot.end = written->end;
    slot.entries = written->entries;
    ++slot.unpublished;
    if (was_quiet || is_due() != was_due) due_.notify_all();
    return group;
}

/// The right to write, unlocked meanwhile: nobody else writes, and no checkpoint turns away.
class CommitJournal::Writing
{
public:
    Writing(CommitJournal& journal, Lock& lock) : journal_(journal), lock_(lock)
    {
        journal_.is_writing_ = true;
        lock_.unlock();
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing()
    {
        lock_.lock();
        journal_.is_writing_ = false;
        journal_.changed_.notify_all();
    }

private:
    CommitJournal& journal_;
    Lock& lock_;
};

Result<CommitJournal::Extent> CommitJournal::write_alone(Lock& lock, const Slot& slot,
                                                         const std::vector<CommitEntry>& entries)
{
    const Writing writing(*this, lock);
    return write_group(slot, entries);
}

Result<CommitJournal::Extent> CommitJournal::write_group(const Slot& slot,
                                                         const std::vector<CommitEntry>& entries)
{
    CommitGroup group(slot.generation, slot.entries, std::move(pages_));
    for (const CommitEntry& entry : entries) group.add(entry.id, entry.json);
    const std::string_view pages = group.pages();
    const Extent extent{slot.end + pages.size(), group.next_index()};
    if (auto ok = slot.file->write_at(slot.end, pages); !ok) return std::move(ok).error();
    if (auto ok = slot.file->sync_data(); !ok) return std::move(ok).error();
    pages_ = std::move(group).give_back();
    return extent;
}

void CommitJournal::published(Group group)
{
    const Lock lock(mutex_);
    if (--slots_[group].unpublished == 0 && is_draining_) changed_.notify_all();
}

/// So that the file that is written takes `bytes` more, and nobody writes it. Turns to the other
/// where it does not.
Result<Done> CommitJournal::make_room(Lock& lock, std::uint64_t bytes)
{
    if (!can_hold(bytes))
        return Error{ErrorKind::refused, "append more than the commit journal holds", 0};
    for (;;) {
        changed_.wait(lock, [this] { return !is_writing_; });
        if (is_lost_) return Error{ErrorKind::temporary, "append to a lost commit journal", 0};
        const Slot& slot = slots_[active_];
        if (slot.file != nullptr && slot.end + whole_commit_pages(bytes) <= options_.file_bytes)
            return Done{};
        if (is_draining_)
            changed_.wait(lock, [this] { return !is_draining_; });
        else if (auto ok = checkpoint(lock); !ok)
            return ok;
    }
}

Result<Done> CommitJournal::checkpoint()
{
    Lock lock(mutex_);
    return checkpoint(lock);
}

Result<Done> CommitJournal::checkpoint(Lock& lock)
{
    changed_.wait(lock, [this] { return !is_draining_ && !is_writing_; });
    if (is_lost_) return Error{ErrorKind::temporary, "checkpoint of a lost commit journal", 0};
    Slot& from = slots_[active_];
    if (from.is_empty()) return Done{};
    active_ = 1 - active_;
    is_draining_ = true;
    changed_.wait(lock, [&] { return from.unpublished == 0; });
    lock.unlock();
    auto drained = drain(from);
    lock.lock();
    is_draining_ = false;
    if (!drained) {
        is_lost_ = true;
        log::error("checkpoint failed: the commit journal is replayed at the next start",
                   {{"reason", drained.error().describe()}});
    }
    changed_.notify_all();
    due_.notify_all();
    return drained;
}

/// Everything durable first; only then may the entries go.
Result<Done> CommitJournal::drain(Slot& slot)
{
    if (auto ok = tree_->sync(); !ok) return ok;
    return slot.file != nullptr ? write_head(slot) : make(slot);
}

bool CommitJournal::is_due() const
{
    const Slot& slot = slots_[active_];
    return slot.file == nullptr || slot.end > options_.file_bytes / 2;
}

void CommitJournal::run(const std::stop_token& stop)
{
    Lock lock(mutex_);
    while (!stop.stop_requested() && !is_lost_) {
        due_.wait(lock, stop, [this] { return !slots_[active_].is_empty() || is_lost_; });
        due_.wait_until(lock, stop, first_commit_ + options_.checkpoint_after,
                        [this] { return is_due() || is_lost_; });
        if (!is_lost_) static_cast<void>(checkpoint(lock));
    }
    if (!is_lost_) static_cast<void>(checkpoint(lock));
}

}  // namespace mail
