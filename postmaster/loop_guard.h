/// The loop guard: a mail that the courier has carried out before comes round at most three times a
/// day; then it is held. It stands in for the count of Received lines, which the scrub takes away.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/envelope.h"
#include "common/result.h"
#include "common/spool/files.h"
#include "common/spool/spool_id.h"
#include "common/spool/spool_layout.h"
#include "postmaster/bounded_lines.h"
#include "postmaster/loop_book.h"

namespace postmaster
{

class LoopGuard
{
public:
    static constexpr unsigned kMostPassages = 3;
    static constexpr std::uint64_t kMaxBytes = 1024 * 1024;

    /// courier_names  the hosts whose Received lines tell that a mail has been out
    /// errors  temporary: state/loop-passages cannot be read or written
    [[nodiscard]] static mail::Result<std::unique_ptr<LoopGuard>> open(
        const mail::SpoolLayout& layout, std::vector<std::string> courier_names,
        mail::Files& files = mail::system_files(), const mail::Clock& clock = mail::system_clock());

    /// How often this mail has come round in the last 24 hours, counting itself once; 0 for one
    /// that has not been out. A count that cannot be written is logged, and kept until a restart.
    ///
    /// stored    the content as the spool has it; scrubbed, as it would be lent
    /// blocks    for one write and one sync, the first time that a mail is seen that came back
    unsigned passages(const mail::SpoolId& id, const mail::Envelope& envelope,
                      std::string_view stored, std::string_view scrubbed);

private:
    LoopGuard(std::string path, std::vector<std::string> courier_names, mail::Files& files,
              const mail::Clock& clock)
        : courier_names_(std::move(courier_names)),
          clock_(clock),
          lines_(std::move(path), kMaxBytes, files)
    {
    }

    const std::vector<std::string> courier_names_;
    const mail::Clock& clock_;
    std::mutex mutex_;  // guards all below
    BoundedLines lines_;
    LoopBook book_;
};

}  // namespace postmaster
