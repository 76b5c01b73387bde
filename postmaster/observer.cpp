#include "postmaster/observer.h"

#include "common/duration.h"
#include "common/log.h"
#include "common/spool/spool_directory.h"

namespace postmaster
{
namespace
{

using std::chrono::seconds;
namespace log = mail::log;

void say_of_oldest(OldestWatch::Word word, const mail::Census& census)
{
    const seconds age = std::chrono::floor<seconds>(census.oldest_age.value_or(seconds(0)));
    switch (word) {
        case OldestWatch::Word::nothing:
            return;
        case OldestWatch::Word::is_old:
            return log::warning("mail waits for long",
                                {{"oldest_seconds", age.count()}, {"waiting", census.waiting}});
        case OldestWatch::Word::is_too_old:
            return log::error("alarm: mail waits for more than a day",
                              {{"oldest_seconds", age.count()}, {"waiting", census.waiting}});
        case OldestWatch::Word::is_over:
            return log::info("no mail waits for long any more",
                             {{"oldest_seconds", age.count()}, {"waiting", census.waiting}});
    }
}

}  // namespace

Observer::Observer(mail::HandOut& hand_out, const Desk& desk, ObserverSettings settings,
                   const mail::Clock& clock)
    : hand_out_(hand_out),
      desk_(desk),
      settings_(std::move(settings)),
      clock_(clock),
      started_(clock.wall()),
      started_boot_(clock.boot()),
      shelves_(hand_out, clock),
      curve_(clock.boot())
{
}

std::uint64_t Observer::went() const
{
    return desk_.counts().leased.value() + desk_.counts().handed_over.value();
}

void Observer::tick()
{
    const mail::Census census = hand_out_.census();
    say_of_oldest(oldest_.look(census.oldest_age), census);
    const std::lock_guard lock(mutex_);
    curve_.sample(clock_.boot(), census.arrived, went());
}

std::vector<DayCurve::Slot> Observer::day() const
{
    const std::lock_guard lock(mutex_);
    return curve_.slots();
}

Situation Observer::look()
{
    const DeskCounts& counts = desk_.counts();
    Situation now;
    now.now = clock_.wall();
    now.started = started_;
    now.census = hand_out_.census();
    if (const auto shelves = shelves_.counts()) now.shelves = *shelves;
    now.held_for = desk_.held();
    now.leased = counts.leased.value();
    now.handed_over = counts.handed_over.value();
    now.bytes = counts.bytes.value();
    for (std::size_t i = 0; i < kOutcomeKinds; ++i) now.outcomes[i] = counts.outcomes[i].value();
    now.last_visit = counts.visits.wall();
    now.last_lent = counts.lent.wall();
    const auto since = counts.visits.boot().value_or(started_boot_);
    now.silence = std::chrono::floor<seconds>(clock_.boot() - since);
    now.silence_limit = settings_.silence_limit;
    if (const auto room = mail::room_at(settings_.spool)) now.room = *room;
    now.min_free = settings_.min_free;
    now.is_lost = hand_out_.is_lost();
    now.stopped_since = hand_out_.stopped_since();
    return now;
}

}  // namespace postmaster
