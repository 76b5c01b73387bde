/// Members of zip and gzip, wherever they stand in the octets, unpacked within bounds; of tar the
/// words of its headers, as its members stand there to be read.
///
/// Goes by what stands before each member and not by the directory at a zip's end: both can
/// disagree, members can hide from the directory, and a program that was put in front shifts all
/// its offsets. The directory itself stands there to be read as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/privacy/streams.h"

namespace mail::privacy
{

class ArchiveMemberSink
{
public:
    virtual ~ArchiveMemberSink() = default;
    /// is_unpacked  false: stored, so the octets stand in the archive; but a word has other borders
    ///              there than in the member
    virtual void take_member(std::string_view name, std::string_view octets, bool is_unpacked) = 0;
    /// Something was not read: "encrypted archive".
    virtual void stop(std::string why) = 0;
};

/// What is left for all archives of one message.
struct ArchiveBudget {
    explicit ArchiveBudget(const StreamLimits& limits)
        : members(limits.archive_members), bytes(limits.archive_bytes), ratio(limits.archive_ratio)
    {
    }
    std::size_t members;
    std::uint64_t bytes;  // unpacked
    unsigned ratio;
    std::uint64_t packed_bytes = 128 * 1024 * 1024;  // read; overlapping members read them again
};

/// Does a member begin in these octets?
[[nodiscard]] bool may_have_archive(std::string_view octets);
/// The octets at which a member may begin are this many at most.
inline constexpr std::size_t kArchiveMark = 8;
/// What begins so and is not read: "rar archive"; empty for all else.
[[nodiscard]] std::string_view unread_archive(std::string_view front);

void read_archive(std::string_view octets, ArchiveBudget& budget, ArchiveMemberSink& sink);

}  // namespace mail::privacy
