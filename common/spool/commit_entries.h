/// The bytes of a commit journal: a head of one page, then groups of entries, each group at the
/// beginning of a page. Pure. Format: docs/spool.md, "The commit journal".
///
/// A group never shares a page with an older one, so that writing it cannot tear what is durable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/spool/spool_id.h"

namespace mail
{

inline constexpr std::size_t kCommitPageBytes = 4096;

/// One mail that got its 250, or would have.
struct CommitEntry {
    SpoolId id;
    std::string json;  // the record, as its file holds it
};

/// A file's head: exactly one page.
[[nodiscard]] std::string commit_head(std::uint64_t generation);

/// Collects the entries of one group.
class CommitGroup
{
public:
    /// first_index  how many entries the file holds already
    /// memory       what an older group gave back, so that a group need not grow
    CommitGroup(std::uint64_t generation, std::uint32_t first_index, std::string memory = {})
        : generation_(generation), index_(first_index), octets_(std::move(memory))
    {
        octets_.clear();
    }
    void add(const SpoolId& id, std::string_view json);
    /// The group, filled up with zeros to whole pages.
    [[nodiscard]] std::string_view pages();
    [[nodiscard]] std::uint32_t next_index() const { return index_; }
    /// Its memory, for the next one; none where that is more than is worth keeping.
    [[nodiscard]] std::string give_back() &&;

private:
    std::uint64_t generation_;
    std::uint32_t index_;
    std::string octets_;
};
/// What a record of `json_bytes` takes in a group. A group takes whole pages for the sum of these.
[[nodiscard]] std::size_t commit_bytes_of(std::size_t json_bytes);
[[nodiscard]] std::uint64_t whole_commit_pages(std::uint64_t bytes);

struct CommitImage {
    std::uint64_t generation = 0;      // 0: no sound head
    std::vector<CommitEntry> entries;  // in the order in which they were written
};
/// Reads one file's content. Never fails: the first entry that is torn, or is left over from an
/// older generation, ends it.
[[nodiscard]] CommitImage parse_commits(std::string_view content);

}  // namespace mail
