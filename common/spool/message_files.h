/// The files of messages: where each lies, and how it moves from one directory to the next.
/// Knows no lease and no order. Every call blocks for disk; the order of syncs is in docs/spool.md.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "common/clock.h"
#include "common/spool/files.h"
#include "common/spool/handed_calendar.h"
#include "common/spool/record.h"
#include "common/spool/spool_layout.h"

namespace mail
{

class MessageFiles
{
public:
    MessageFiles(SpoolLayout layout, Files& files)
        : layout_(std::move(layout)), files_(files), calendar_(layout_.handed_date(), files)
    {
    }

    const SpoolLayout& layout() const { return layout_; }

    /// errors  missing, corrupt; others: cannot be read now
    [[nodiscard]] Result<Record> read(const SpoolName& name);
    /// The same of a file in another of layout()'s directories.
    [[nodiscard]] Result<Record> read_in(const std::string& directory, const SpoolName& name);
    /// Each mail in one of layout()'s directories; other files are passed over.
    [[nodiscard]] Result<Done> list(const std::string& directory,
                                    const std::function<void(const SpoolName&)>& each);
    /// Of a file in messages/: the seconds since 1970 of its last change, nothing if it is not
    /// there.
    [[nodiscard]] std::optional<std::int64_t> modified_seconds(const SpoolName& name);
    [[nodiscard]] std::optional<std::int64_t> modified_seconds_in(const std::string& directory,
                                                                  const SpoolName& name);
    [[nodiscard]] bool is_missing(const SpoolName& name);
    /// Of its file, 0 if it is not there.
    [[nodiscard]] std::uint64_t octets_in(const std::string& directory, const SpoolName& name);

    /// Out of messages/, for ever or into `directory`. Not synced yet. missing is no error: it is
    /// gone.
    [[nodiscard]] Result<Done> remove(const SpoolName& name);
    [[nodiscard]] Result<Done> move(const SpoolName& name, const std::string& directory);
    [[nodiscard]] Result<Done> move_to_handed(const SpoolName& name, WallTime now);
    /// Undoes it. Where that fails too, the file stays in handed/, and the log says so.
    void take_back_handed(const SpoolName& name, WallTime now);
    /// From another directory (back) into messages/. errors  missing: it is not there any more;
    /// conflict: it lies in messages/ already
    [[nodiscard]] Result<Done> move_back(const std::string& directory, const SpoolName& name);
    /// From one shelf to another, over a copy there. errors  missing: it is not there any more
    [[nodiscard]] Result<Done> move_between(const std::string& from, const SpoolName& name,
                                            const std::string& to);
    /// For ever, out of another directory. errors  missing: it is not there any more
    [[nodiscard]] Result<Done> remove_from(const std::string& directory, const SpoolName& name);
    /// messages/ last: a name is durable in its new directory before it leaves the old one. What
    /// failed to sync is owed, and comes first the next time.
    [[nodiscard]] Result<Done> sync(const std::set<std::string>& directories);

    /// Copies in held/ and failed/ of what also lies in messages/, and in held/ of what also lies
    /// in failed/: a power cut between two syncs leaves such.
    [[nodiscard]] Result<Done> drop_copies();
    /// Once an hour: what was handed over more than seven days ago goes (HandedCalendar).
    void drop_old_handed(const Clock& clock);

private:
    Result<Done> drop_copies_in(const std::string& directory, const std::string& other);

    SpoolLayout layout_;
    Files& files_;
    std::mutex syncing_;          // guards owed_; held over the syncs, which are one at a time
    std::set<std::string> owed_;  // directories that hold names which are not durable
    HandedCalendar calendar_;
    std::optional<BootTime> handed_swept_;  // when state/handed was last looked through
};

}  // namespace mail
