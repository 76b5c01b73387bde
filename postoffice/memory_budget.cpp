#include "postoffice/memory_budget.h"

#include <utility>

namespace postoffice
{

MemoryBudget::Claim MemoryBudget::open()
{
    holders_.emplace(next_, Holder{});
    return next_++;
}

MemoryBudget::Answer MemoryBudget::grow(Claim claim, std::size_t bytes)
{
    Holder& holder = holders_.at(claim);
    if (bytes <= holder.held) return Answer::granted;
    if (bytes > total_) return Answer::refused;
    holder.wanted = bytes;
    if (waiting_ == 0 && total_ - held_ >= bytes - holder.held) {
        grant(holder);
        return Answer::granted;
    }
    ++waiting_;
    decide();
    return Answer::wait;
}

void MemoryBudget::close(Claim claim)
{
    const auto found = holders_.find(claim);
    if (found == holders_.end()) return;
    held_ -= found->second.held;
    if (found->second.waits()) --waiting_;
    holders_.erase(found);
    if (waiting_ > 0) decide();
}

std::vector<MemoryBudget::Decision> MemoryBudget::take_decisions()
{
    return std::exchange(decisions_, {});
}

void MemoryBudget::grant(Holder& holder)
{
    held_ += holder.wanted - holder.held;
    holder.held = holder.wanted;
}

// Grants in order of age and stops at the first that does not fit, so that nobody starves.
bool MemoryBudget::grant_waiting(bool under_way)
{
    for (auto& [claim, holder] : holders_) {
        if (!holder.waits() || (holder.held > 0) != under_way) continue;
        if (total_ - held_ < holder.wanted - holder.held) return false;
        grant(holder);
        --waiting_;
        decisions_.push_back({claim, true});
    }
    return true;
}

void MemoryBudget::decide()
{
    if (grant_waiting(true) && grant_waiting(false)) return;
    // Somebody waits. Is anybody left who will give something back without being given more?
    auto youngest = holders_.end();
    for (auto at = holders_.begin(); at != holders_.end(); ++at) {
        if (at->second.held == 0) continue;
        if (!at->second.waits()) return;
        youngest = at;
    }
    if (youngest == holders_.end()) return;
    youngest->second.is_refused = true;
    --waiting_;
    decisions_.push_back({youngest->first, false});
}

}  // namespace postoffice
