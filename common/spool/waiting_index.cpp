#include "common/spool/waiting_index.h"

namespace mail
{

bool WaitingIndex::knows(const Place& place) const
{
    if (aside_.count(place.id) != 0) return true;
    return place.of_original ? original_times_.count(place.id) != 0 : waiting_.count(place) != 0;
}

bool WaitingIndex::has(const SpoolId& id) const
{
    return aside_.count(id) != 0 || original_times_.count(id) != 0 ||
           waiting_.count({id.unix_milliseconds().value_or(0), id, false}) != 0;
}

bool WaitingIndex::knows_twin_of(const Place& place) const
{
    if (const auto found = aside_.find(place.id); found != aside_.end())
        return found->second.place.of_original != place.of_original;
    if (!place.of_original) return original_times_.count(place.id) != 0;
    return waiting_.count({place.id.unix_milliseconds().value_or(0), place.id, false}) != 0;
}

void WaitingIndex::add_aside(const Place& place)
{
    aside_[place.id] = {place, std::nullopt};
    if (place.of_original) original_times_[place.id] = place.milliseconds;
}

void WaitingIndex::add_waiting(const Place& place)
{
    waiting_.insert(waiting_.end(), place);
    if (place.of_original) original_times_[place.id] = place.milliseconds;
}

/// What became due goes back into the order.
void WaitingIndex::wake(BootTime now)
{
    while (!later_.empty() && later_.begin()->first <= now) {
        const auto [due, id] = *later_.begin();
        aside_.at(id).due = due;
        wait(id);
    }
}

std::vector<WaitingIndex::Place> WaitingIndex::take(std::size_t max, BootTime now)
{
    wake(now);
    std::vector<Place> taken;
    while (taken.size() < max && !waiting_.empty()) {
        const Place place = *waiting_.begin();
        waiting_.erase(waiting_.begin());
        aside_[place.id] = {place, std::nullopt, forget_return(place.id)};
        taken.push_back(place);
    }
    return taken;
}

void WaitingIndex::wait(const SpoolId& id)
{
    const auto found = aside_.find(id);
    if (found == aside_.end()) return;
    if (found->second.from) later_.erase({*found->second.from, id});
    waiting_.insert(found->second.place);
    if (const auto due = found->second.due) {
        returned_[id] = *due;
        returns_.insert({*due, id});
    }
    aside_.erase(found);
}

void WaitingIndex::wait_until(const SpoolId& id, BootTime from)
{
    park(id);
    const auto found = aside_.find(id);
    if (found == aside_.end()) return;
    found->second.from = from;
    later_.insert({from, id});
}

void WaitingIndex::park(const SpoolId& id)
{
    const auto found = aside_.find(id);
    if (found == aside_.end() || !found->second.from) return;
    later_.erase({*found->second.from, id});
    found->second.from.reset();
}

void WaitingIndex::remove(const SpoolId& id, bool of_original)
{
    const auto found = aside_.find(id);
    if (found == aside_.end()) forget_return(id);
    if (found != aside_.end() && found->second.place.of_original == of_original) {
        if (found->second.from) later_.erase({*found->second.from, id});
        aside_.erase(found);
    } else if (!of_original) {
        waiting_.erase({id.unix_milliseconds().value_or(0), id, false});
    } else if (const auto time = original_times_.find(id); time != original_times_.end()) {
        waiting_.erase({time->second, id, true});
    }
    if (of_original) original_times_.erase(id);
}

std::optional<WaitingIndex::Place> WaitingIndex::find_aside(const SpoolId& id) const
{
    const auto found = aside_.find(id);
    return found == aside_.end() ? std::nullopt : std::optional(found->second.place);
}

std::optional<BootTime> WaitingIndex::next_due() const
{
    if (!waiting_.empty()) return BootTime{0};
    if (later_.empty()) return std::nullopt;
    return later_.begin()->first;
}

std::optional<BootTime> WaitingIndex::forget_return(const SpoolId& id)
{
    const auto found = returned_.find(id);
    if (found == returned_.end()) return std::nullopt;
    const BootTime due = found->second;
    returns_.erase({due, id});
    returned_.erase(found);
    return due;
}

WaitingIndex::Counts WaitingIndex::count(BootTime now)
{
    wake(now);
    return {waiting_.size(), later_.size(), aside_.size() - later_.size()};
}

WaitingIndex::Oldest WaitingIndex::oldest(BootTime now)
{
    wake(now);
    Oldest oldest;
    if (!returns_.empty()) oldest.due = returns_.begin()->first;
    std::size_t looked_at = 0;
    for (const Place& place : waiting_) {
        if (returned_.count(place.id) == 0) {
            oldest.came_milliseconds = place.milliseconds;
            break;
        }
        if (++looked_at == kMostLookedAt) break;
    }
    return oldest;
}

}  // namespace mail
