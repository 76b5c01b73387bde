/// How often a mail has come round: its passages of the last 24 hours. Pure, but for the time that
/// the caller says.
///
/// Time is the wall clock, in seconds since 1970: a passage has to be known again after a reboot,
/// which the boot clock does not outlast. A clock that is set back or forth by less than a day
/// lengthens or shortens the window by as much; one that jumps by more makes the book forget, so
/// that a mail comes round three times more. A passage that lies more than 24 hours ahead was
/// written by a wrong clock, and is forgotten too. Neither loses a mail.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "common/spool/spool_id.h"

namespace postmaster
{

struct Passage {
    std::int64_t seconds = 0;  // since 1970
    mail::SpoolId id;
    std::string key;  // loop_key(): 32 hex digits
    bool operator==(const Passage&) const = default;
};

/// One line without its end: seconds, id and key.
[[nodiscard]] std::string encode_passage(const Passage& passage);
/// Nothing for a line that is none.
[[nodiscard]] std::optional<Passage> decode_passage(std::string_view line);

class LoopBook
{
public:
    static constexpr std::int64_t kWindowSeconds = 24 * 60 * 60;
    /// More in a day than this, and the oldest are forgotten first.
    static constexpr std::size_t kMostPassages = 10'000;

    struct Count {
        unsigned passages = 0;  // of its key up to this mail's own, that one included
        bool is_new = false;    // this mail was not counted before
    };
    /// Counts a mail once, however often it is lent.
    Count count(const Passage& passage);

private:
    std::deque<Passage> passages_;  // in the order in which they came
};

}  // namespace postmaster
