#include "common/spool/waiting_index.h"

namespace mail
{
namespace
{

/// The place of a mail of ours, which its id tells.
QueuePlace own_place(const SpoolId& id)
{
    return {id.unix_milliseconds().value_or(0), id, false};
}

}  // namespace

std::optional<WaitingIndex::Place> WaitingIndex::original_place(const SpoolId& id) const
{
    const auto time = original_times_.find(id);
    return time == original_times_.end() ? std::nullopt
                                         : std::optional(Place{time->second, id, true});
}

bool WaitingIndex::knows(const Place& place) const
{
    if (find_aside(place.id)) return true;
    return place.of_original ? original_times_.contains(place.id) : waiting_.contains(place);
}

bool WaitingIndex::has(const SpoolId& id) const
{
    return find(id).has_value();
}

bool WaitingIndex::knows_twin_of(const Place& place) const
{
    if (const auto found = find_aside(place.id)) return found->of_original != place.of_original;
    return place.of_original ? waiting_.contains(own_place(place.id))
                             : original_times_.contains(place.id);
}

void WaitingIndex::add_aside(const Place& place)
{
    aside_[place] = {};
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
        aside_.at(*find_aside(id)).due = due;
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
        aside_[place] = {std::nullopt, forget_return(place.id)};
        taken.push_back(place);
    }
    return taken;
}

void WaitingIndex::wait(const SpoolId& id)
{
    const auto place = find_aside(id);
    if (!place) return;
    park(id);
    waiting_.insert(*place);
    if (const auto due = aside_.at(*place).due) {
        returned_[id] = *due;
        returns_.insert({*due, id});
    }
    aside_.erase(*place);
}

void WaitingIndex::wait_until(const SpoolId& id, BootTime from)
{
    const auto place = find_aside(id);
    if (!place) return;
    park(id);
    aside_[*place].from = from;
    later_.insert({from, id});
}

void WaitingIndex::park(const SpoolId& id)
{
    const auto place = find_aside(id);
    if (!place) return;
    std::optional<BootTime>& from = aside_[*place].from;
    if (from) later_.erase({*from, id});
    from.reset();
}

bool WaitingIndex::set_aside(const SpoolId& id)
{
    const auto place = find(id);
    if (!place) return false;
    if (waiting_.erase(*place) != 0)
        aside_[*place] = {std::nullopt, forget_return(id)};
    else
        park(id);
    return true;
}

void WaitingIndex::remove(const SpoolId& id, bool of_original)
{
    const auto place = of_original ? original_place(id) : std::optional(own_place(id));
    if (!place) return;
    if (const auto found = aside_.find(*place); found != aside_.end()) {
        if (found->second.from) later_.erase({*found->second.from, id});
        aside_.erase(found);
    }
    if (waiting_.erase(*place) != 0) forget_return(id);
    if (of_original) original_times_.erase(id);
}

std::optional<WaitingIndex::Place> WaitingIndex::find_aside(const SpoolId& id) const
{
    if (const Place own = own_place(id); aside_.contains(own)) return own;
    const auto original = original_place(id);
    return original && aside_.contains(*original) ? original : std::nullopt;
}

std::optional<WaitingIndex::Place> WaitingIndex::find(const SpoolId& id) const
{
    if (const auto original = original_place(id)) return original;
    const Place own = own_place(id);
    return waiting_.contains(own) || aside_.contains(own) ? std::optional(own) : std::nullopt;
}

bool WaitingIndex::is_waiting(const SpoolId& id) const
{
    const auto place = find(id);
    return place && waiting_.contains(*place);
}

bool WaitingIndex::is_later(const SpoolId& id) const
{
    const auto place = find_aside(id);
    return place && aside_.at(*place).from.has_value();
}

std::vector<WaitingIndex::Place> WaitingIndex::behind(const Place& after, std::size_t max) const
{
    std::vector<Place> places;
    auto waits = waiting_.upper_bound(after);
    auto aside = aside_.upper_bound(after);
    while (places.size() < max) {
        const bool more = waits != waiting_.end();
        if (aside != aside_.end() && (!more || aside->first < *waits))
            places.push_back(aside++->first);
        else if (more)
            places.push_back(*waits++);
        else
            break;
    }
    return places;
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
