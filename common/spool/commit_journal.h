/// The commit journal: what makes a group of mails durable with one sync, while their files wait
/// for theirs. Two files of a fixed size: one is written, the other is drained or empty.
///
/// One group is written at a time, and nothing is locked while the disk works on it: whoever
/// publishes an older group, or asks whether all is well, goes on.
///
/// A checkpoint turns to the empty file, makes everything on the file system durable (syncfs), and
/// only then empties the one it turned from. Each file is zeros from the first, so that a sync
/// finds no new block to note down.
///
/// Format, and what a crash leaves: docs/spool.md. What brings the mails back: commit_replay.h.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/result.h"
#include "common/spool/commit_entries.h"
#include "common/spool/files.h"
#include "common/spool/spool_layout.h"

namespace mail
{

struct CommitJournalOptions {
    std::uint64_t file_bytes = 0;  // each of the two; 0: JournaledIntake chooses
    /// A checkpoint begins so long after the first commit since the last one. 0: no thread makes
    /// checkpoints; they are made where append() needs room, and by checkpoint().
    std::chrono::milliseconds checkpoint_after{1000};
};

class CommitJournal
{
public:
    /// Makes both files anew; what they held must have been replayed. Files must outlive it.
    /// errors  temporary: no room for them, or not writable
    static Result<std::unique_ptr<CommitJournal>> open(const SpoolLayout& layout, Files& files,
                                                       CommitJournalOptions options);
    /// Ends the thread after a last checkpoint.
    ~CommitJournal();

    /// Names the group that append() wrote.
    using Group = int;
    /// Durable when it returns: a replay brings the entries back until a checkpoint has their
    /// files. Then rename the files into messages/ (or withdraw them), and say published().
    ///
    /// errors  temporary: nothing may be answered with 250. After a power cut some of the entries
    ///         may come back all the same
    /// blocks  for a sync, and for the one before it; for a checkpoint where both files are full
    [[nodiscard]] Result<Group> append(const std::vector<CommitEntry>& entries);
    /// No file of the group will be changed any more: a checkpoint may go on.
    void published(Group group);
    /// Room for the entries in an empty file?
    [[nodiscard]] bool can_hold(std::uint64_t bytes) const;

    /// Empties the file that is written, if it holds anything. blocks  for all that is unwritten on
    /// the file system
    [[nodiscard]] Result<Done> checkpoint();
    /// A checkpoint has failed: files in messages/ are not what they should be, and the next start
    /// must replay. Stays true. Waits for nothing.
    [[nodiscard]] bool is_lost() const { return is_lost_; }

private:
    struct Slot {
        std::string path;
        std::unique_ptr<OutFile> file;  // null: given up, to be made anew
        std::uint64_t generation = 0;
        std::uint64_t end = kCommitPageBytes;
        std::uint32_t entries = 0;
        int unpublished = 0;  // groups
        bool is_empty() const { return file != nullptr && entries == 0; }
    };
    /// What a slot holds once a group is written.
    struct Extent {
        std::uint64_t end = 0;
        std::uint32_t entries = 0;
    };
    using Lock = std::unique_lock<std::mutex>;
    class Writing;

    CommitJournal(const SpoolLayout& layout, Files& files, CommitJournalOptions options);
    Result<Done> make(Slot& slot);
    Result<Done> write_head(Slot& slot);
    Result<Done> make_room(Lock& lock, std::uint64_t bytes);
    Result<Extent> write_alone(Lock& lock, const Slot& slot,
                               const std::vector<CommitEntry>& entries);
    Result<Extent> write_group(const Slot& slot, const std::vector<CommitEntry>& entries);
    Result<Done> drain(Slot& slot);
    Result<Done> checkpoint(Lock& lock);
    void run(const std::stop_token& stop);
    bool is_due() const;

    const std::string state_dir_;
    Files& files_;
    const CommitJournalOptions options_;
    std::unique_ptr<TreeSync> tree_;

    std::mutex mutex_;                 // guards all below; never held over a write or a sync
    std::condition_variable changed_;  // a write or a checkpoint has ended, or may begin
    std::condition_variable_any due_;  // the thread has something to look at
    std::array<Slot, 2> slots_;
    int active_ = 0;
    std::uint64_t last_generation_ = 0;
    std::chrono::steady_clock::time_point first_commit_;  // in the file that is written
    bool is_writing_ = false;  // a group; the slot that is written is its writer's until it ends
    bool is_draining_ = false;
    std::atomic<bool> is_lost_ = false;
    std::string pages_;    // the writer's: a group's octets, in memory that the next one uses again
    std::jthread thread_;  // last: it ends first
};

}  // namespace mail
