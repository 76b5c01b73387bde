#include "postmaster/alarms.h"

#include "common/duration.h"

namespace postmaster
{
namespace
{

using Alarms = std::vector<std::string>;
using mail::duration_words;

void add_disk(Alarms& alarms, const Situation& situation)
{
    if (situation.is_lost) alarms.emplace_back("the spool is lost: its disk failed to sync twice");
    if (!situation.room) return alarms.push_back("the spool's disk does not say how full it is");
    if (mail::is_enough(*situation.room, situation.min_free)) return;
    alarms.push_back("the spool's disk is below the mark: " +
                     std::to_string(situation.room->free_bytes / (1024 * 1024)) + " MiB free");
}

void add_stop(Alarms& alarms, const Situation& situation)
{
    if (!situation.stopped_since) return;
    alarms.push_back("all hand-out is stopped since " + mail::rfc3339(*situation.stopped_since) +
                     ", until `postmaster queue resume`");
}

void add_courier(Alarms& alarms, const Situation& situation)
{
    if (situation.silence <= situation.silence_limit) return;
    alarms.push_back("no courier came for " + duration_words(situation.silence) +
                     (situation.last_visit ? "" : ", since the start") + " (the limit is " +
                     duration_words(situation.silence_limit) + ")");
}

void add_shelf(Alarms& alarms, std::size_t mails, const char* of_one, const char* of_many)
{
    if (mails == 0) return;
    alarms.push_back(std::to_string(mails) + (mails == 1 ? of_one : of_many));
}

void add_shelves(Alarms& alarms, const Situation& situation)
{
    if (!situation.shelves) return alarms.push_back("held/, failed/ or corrupt/ cannot be listed");
    add_shelf(alarms, situation.shelves->held, " mail is held", " mails are held");
    add_shelf(alarms, situation.shelves->failed, " mail has failed", " mails have failed");
    add_shelf(alarms, situation.shelves->corrupt, " mail is corrupt", " mails are corrupt");
}

void add_oldest(Alarms& alarms, const Situation& situation)
{
    const auto& age = situation.census.oldest_age;
    if (!age || *age < kTooOldIs) return;
    alarms.push_back("the oldest waiting mail has waited for " +
                     duration_words(std::chrono::floor<std::chrono::seconds>(*age)));
}

}  // namespace

Alarms alarms_of(const Situation& situation)
{
    Alarms alarms;
    add_disk(alarms, situation);
    add_stop(alarms, situation);
    add_courier(alarms, situation);
    add_oldest(alarms, situation);
    add_shelves(alarms, situation);
    return alarms;
}

}  // namespace postmaster
