/// The order of what waits: oldest first, in memory, so that a hand-out never lists a directory.
/// Pure: takes the time as an argument. About 64 bytes a waiting mail.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "common/spool/spool.h"

namespace mail
{

class WaitingIndex
{
public:
    using Place = QueuePlace;

    /// Is it waiting, later or aside?
    [[nodiscard]] bool knows(const Place& place) const;
    /// The same for an id of which only that is known.
    [[nodiscard]] bool has(const SpoolId& id) const;
    /// Is another file of the same id known: `<id>` beside `<id>.json`?
    [[nodiscard]] bool knows_twin_of(const Place& place) const;
    /// A mail that came: set aside, until it is said where it belongs.
    void add_aside(const Place& place);
    /// A mail that came and waits. Costs least where it is the newest.
    void add_waiting(const Place& place);
    /// Takes up to `max` mails that are due, oldest first; each is set aside until wait(),
    /// wait_until(), park() or remove().
    std::vector<Place> take(std::size_t max, BootTime now);

    /// A mail set aside or parked waits again, in its old place.
    void wait(const SpoolId& id);
    /// Not before `from`.
    void wait_until(const SpoolId& id, BootTime from);
    /// Known, and not to be handed out until wait() is said: all of it is lent.
    void park(const SpoolId& id);
    /// Out of the order, as take() does with what is due. False if it is not known.
    bool set_aside(const SpoolId& id);
    /// Gone, from wherever it stood.
    void remove(const SpoolId& id, bool of_original);

    [[nodiscard]] std::optional<Place> find_aside(const SpoolId& id) const;
    /// The same, wherever it stands.
    [[nodiscard]] std::optional<Place> find(const SpoolId& id) const;
    /// Does it wait now? Does it rest until its time?
    [[nodiscard]] bool is_waiting(const SpoolId& id) const;
    [[nodiscard]] bool is_later(const SpoolId& id) const;
    /// The next places behind `after`, of what waits and of what is set aside; at most `max`.
    [[nodiscard]] std::vector<Place> behind(const Place& after, std::size_t max) const;
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    /// 0 if something waits now; else when the next mail is due; nothing if none is.
    [[nodiscard]] std::optional<BootTime> next_due() const;

    /// How many wait now, rest until their time, and are set aside or parked.
    struct Counts {
        std::size_t waiting = 0;
        std::size_t later = 0;
        std::size_t aside = 0;
    };
    [[nodiscard]] Counts count(BootTime now);
    /// Since when the one waits that has waited longest: a mail that came back when its time had
    /// come has waited since then, any other since it came. Behind kMostLookedAt of the former the
    /// latter are not looked for.
    struct Oldest {
        std::optional<std::uint64_t> came_milliseconds;  // as Place has it
        std::optional<BootTime> due;
    };
    [[nodiscard]] Oldest oldest(BootTime now);
    static constexpr std::size_t kMostLookedAt = 20'000;

private:
    void wake(BootTime now);
    std::optional<BootTime> forget_return(const SpoolId& id);
    std::optional<Place> original_place(const SpoolId& id) const;

    std::set<Place> waiting_;
    /// Of those in waiting_ that came back when their time had come: since when.
    std::unordered_map<SpoolId, BootTime, SpoolId::Hash> returned_;
    std::set<std::pair<BootTime, SpoolId>> returns_;  // the same, by time
    std::set<std::pair<BootTime, SpoolId>> later_;
    /// Not in waiting_: set aside, parked, or in later_ (then with its time).
    struct Aside {
        std::optional<BootTime> from = {};
        std::optional<BootTime> due = {};  // when its time had come, before it was taken
    };
    /// In order, so that a list of the queue can go on behind any place.
    std::map<Place, Aside> aside_;
    std::unordered_map<SpoolId, std::uint64_t, SpoolId::Hash> original_times_;
};

}  // namespace mail
