/// Time as the ledger has seen it pass: the gaps between its lines, each counted as an hour at
/// most.
///
/// The wall clock may jump by years, and the boot clock starts anew with the machine. Neither may
/// make an entry old that is not. A ledger that nothing happens to ages slower; that only keeps its
/// entries longer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace postman
{

class WitnessedTime
{
public:
    static constexpr std::int64_t kLongestGap = 3600;

    /// Something is seen at this second of the wall clock, after what was seen before.
    /// returns  the seconds that have been seen to pass
    std::int64_t at(std::int64_t wall_seconds)
    {
        if (last_) passed_ += std::clamp<std::int64_t>(wall_seconds - *last_, 0, kLongestGap);
        last_ = wall_seconds;
        return passed_;
    }

private:
    std::optional<std::int64_t> last_;
    std::int64_t passed_ = 0;
};

}  // namespace postman
