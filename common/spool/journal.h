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

class Journal
{
public:
    /// Takes one payload at the replay, in the order of the appends.
    using Replay = std::function<void(std::string_view payload)>;
    /// The whole state as payloads that replay to it.
    using Snapshot = std::function<std::vector<std::string>()>;

    Journal(std::array<std::string, 2> paths, Files& files, Snapshot snapshot);

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
    void keep_reserve();

    std::array<std::string, 2> paths_;
    Files& files_;
    Snapshot snapshot_;
    std::unique_ptr<OutFile> file_;  // null after an error, until a checkpoint succeeds
    int slot_ = 0;
    std::uint64_t generation_ = 0;  // of the file that is written
    std::uint64_t last_begun_ = 0;  // the highest that any checkpoint has had, finished or not
    std::uint64_t end_ = 0;         // where the next line goes
    std::uint64_t reserved_ = 0;    // written blocks reach to here
    std::uint64_t next_checkpoint_ = 0;
};

}  // namespace mail
