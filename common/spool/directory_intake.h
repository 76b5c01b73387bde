/// Intake as a directory: incoming/<id>.json, synced, then renamed into messages/, then the
/// directory synced. One visible function does it: write_durably.
#pragma once

#include <memory>
#include <string>

#include "common/clock.h"
#include "common/lock_file.h"
#include "common/spool/files.h"
#include "common/spool/shared_sync.h"
#include "common/spool/spool.h"
#include "common/spool/spool_layout.h"
#include "common/spool/sync_watch.h"

namespace mail
{

struct DirectoryIntakeOptions {
    std::string root;                  // the spool directory
    std::uint64_t min_free_bytes = 0;  // 0: 5 % of the file system or 256 MiB, whichever is less
    bool unsafe_spool = false;         // allow tmpfs and network file systems
    SyncWatch::OnSync on_sync = {};    // for the metrics
};

class DirectoryIntake final : public Intake
{
public:
    /// Makes the directories, takes the lock, replays a commit journal, removes what a crash left
    /// in incoming/. errors  conflict: another postoffice has the spool (its pid is in the step)
    ///         refused:  tmpfs or a network file system, without unsafe_spool
    ///         temporary: not writable; the step says the path and the owner wanted
    static Result<std::unique_ptr<DirectoryIntake>> open(const DirectoryIntakeOptions& options,
                                                         Files& files = system_files(),
                                                         const Clock& clock = system_clock());

    Result<SpoolId> commit(Message message) override;
    bool has_room() override;
    bool is_lost() const override { return files_.is_lost(); }

    /// A second intake on the spool, whether a catcher runs or not: with a lock and unfinished
    /// mails of its own. A commit journal is left to the catcher.
    ///
    /// beside  a short word for names of files, no 32 hex digits
    /// errors  as open(); conflict: another one of that name is at work
    static Result<std::unique_ptr<DirectoryIntake>> open_beside(
        const std::string& beside, const DirectoryIntakeOptions& options,
        Files& files = system_files(), const Clock& clock = system_clock());

    /// For an engine in front of it: the record of a mail under a new id, the durable write
    /// (conflict: the id lies in messages/ already), and where files go.
    [[nodiscard]] Record record_of(Message message) const;
    [[nodiscard]] Result<Done> write_durably(const Record& record);
    Files& files() { return files_; }
    const SpoolLayout& layout() const { return layout_; }

private:
    DirectoryIntake(SpoolLayout layout, const DirectoryIntakeOptions& options, Files& files,
                    const Clock& clock, LockFile lock);
    bool is_own_debris(std::string_view name) const;
    Result<Done> remove_debris();
    bool withdraw(const std::string& ready);

    SpoolLayout layout_;
    std::uint64_t min_free_bytes_;
    SyncWatch files_;
    const Clock& clock_;
    LockFile lock_;
    SharedSync names_;  // of messages/
};

}  // namespace mail
