/// A checkpointed journal in two files of equal standing. One is written, the other waits; a
/// checkpoint writes the whole state into the one that waits and goes on there. Each file keeps
/// written blocks in reserve behind its end, so that the journal still works on a full disk.
///
/// Format: docs/spool.md. A file begins with its generation; every line is a checked line salted
/// with it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "common/spool/files.h"

namespace mail
{

struct JournalSizes {
    std::uint64_t reserve_bytes = 1 << 20;     // of written blocks behind the end
    std::uint64_t checkpoint_bytes = 8 << 20;  // of changes since the last one, or as the state
};

class Journal
{
public:
    /// Takes one payload at the replay, in the order of the appends.
    using Replay = std::function<void(std::string_view payload)>;
    /// The whole state as payloads that replay to it.
    using Snapshot = std::function<std::vector<std::string>()>;

    Journal(std::array<std::string, 2> paths, Files& files, Snapshot snapshot,
            JournalSizes sizes = {});

    /// Replays what is there and writes a first checkpoint. Call once, before append().
    /// errors  temporary: neither file can be written
    [[nodiscard]] Result<Done> open(const Replay& replay);

    /// Durable when it returns. The state that Snapshot gives must not hold the payload yet.
    /// After an error the payload may or may not be replayed after a crash.
    /// blocks  for one sync, now and then for a checkpoint
    [[nodiscard]] Result<Done> append(std::string_view payload);

    struct Image {
        std::uint64_t generation = 0;  // 0: no whole checkpoint in it
        std::uint64_t begun = 0;       // what its first line says, finished or not
        std::vector<std::string> payloads;
    };
    /// Reads one file's content. Pure; never fails: what is torn or stale ends it.
    [[nodiscard]] static Image parse(std::string_view content);

private:
    Result<Done> checkpoint();
    Result<Done> write(std::string_view line);
    Result<Done> write_durably(std::string_view line);
    Result<std::unique_ptr<OutFile>> open_slot(int slot);
    Result<Done> write_image(int slot, OutFile& file, std::string_view content);
    void give_up(int slot);
    Result<Done> forget_other();
    void keep_reserve();
    void extend_reserve();

    std::array<std::string, 2> paths_;
    Files& files_;
    Snapshot snapshot_;
    const JournalSizes sizes_;
    std::unique_ptr<OutFile> file_;      // null after an error, until a checkpoint succeeds
    std::array<bool, 2> is_given_up_{};  // its sync failed: never synced again, but made anew
    /// The file that waits may hold a whole checkpoint that was never taken into use. A start would
    /// take it for the newer one: it goes before the other is appended to.
    bool is_outranked_ = false;
    int slot_ = 0;
    std::uint64_t generation_ = 0;  // of the file that is written
    std::uint64_t last_begun_ = 0;  // the highest that any checkpoint has had, finished or not
    std::uint64_t end_ = 0;         // where the next line goes
    std::uint64_t reserved_ = 0;    // written blocks reach to here
    std::uint64_t next_checkpoint_ = 0;
    std::uint64_t next_reserve_ = 0;  // after one that failed: not before the end is here
    bool is_reserve_short_ = false;   // said so in the log
};

}  // namespace mail
