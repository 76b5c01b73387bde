#include "postmaster/alarms.h"

#include <doctest/doctest.h>

#include "postmaster/oldest_watch.h"

using namespace postmaster;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;
using Word = OldestWatch::Word;

namespace
{

Situation calm()
{
    Situation situation;
    situation.shelves = mail::ShelfCounts{};
    situation.room = mail::Room{std::uint64_t{10} << 30, std::uint64_t{20} << 30, 0, 0};
    return situation;
}

}  // namespace

TEST_SUITE("postmaster/alarms")
{
    TEST_CASE("nothing is wrong")
    {
        CHECK(alarms_of(calm()).empty());
    }

    TEST_CASE("a courier that stays away is an alarm once the limit is over, from the start on")
    {
        Situation situation = calm();
        situation.silence = situation.silence_limit;
        CHECK(alarms_of(situation).empty());
        situation.silence += 1s;
        CHECK(alarms_of(situation) ==
              Lines{"no courier came for 10 min 1 s, since the start (the limit is 10 min)"});
        situation.last_visit = mail::WallTime{};
        CHECK(alarms_of(situation) ==
              Lines{"no courier came for 10 min 1 s (the limit is 10 min)"});
    }

    TEST_CASE("each shelf, the disk and the oldest mail have a line of their own, the disk first")
    {
        Situation situation = calm();
        situation.shelves = mail::ShelfCounts{1, 2, 3};
        situation.census.oldest_age = 24h;
        situation.room->free_bytes = 1 << 20;
        CHECK(alarms_of(situation) == Lines{"the spool's disk is below the mark: 1 MiB free",
                                            "the oldest waiting mail has waited for 1 d",
                                            "1 mail is held", "2 mails have failed",
                                            "3 mails are corrupt"});
        situation.min_free = 1 << 20;
        situation.census.oldest_age = 24h - 1ms;
        CHECK(alarms_of(situation).size() == 3);
    }

    TEST_CASE("a hand-out that an operator stopped is an alarm that says how it goes on")
    {
        Situation situation = calm();
        situation.stopped_since = mail::WallTime(std::chrono::seconds(1'795'000'000));
        CHECK(alarms_of(situation) ==
              Lines{"all hand-out is stopped since 2026-11-18T11:06:40Z, until "
                    "`postmaster queue resume`"});
    }

    TEST_CASE("what cannot be looked at is an alarm, too")
    {
        Situation situation;
        situation.is_lost = true;
        CHECK(alarms_of(situation).size() == 3);
    }
}

TEST_SUITE("postmaster/oldest_watch")
{
    TEST_CASE("the log hears of a mail that waits once at an hour, once at a day, and of its end")
    {
        OldestWatch watch;
        CHECK(watch.look(std::nullopt) == Word::nothing);
        CHECK(watch.look(1h - 1ms) == Word::nothing);
        CHECK(watch.look(1h) == Word::is_old);
        CHECK(watch.look(2h) == Word::nothing);
        CHECK(watch.look(24h) == Word::is_too_old);
        CHECK(watch.look(25h) == Word::nothing);
        CHECK(watch.look(13h) == Word::nothing);
        CHECK(watch.look(24h) == Word::nothing);  // not below half meanwhile
        CHECK(watch.look(11h) == Word::nothing);
        CHECK(watch.look(24h) == Word::is_too_old);
        CHECK(watch.look(std::nullopt) == Word::is_over);
        CHECK(watch.look(std::nullopt) == Word::nothing);
        CHECK(watch.look(30h) == Word::is_too_old);
    }

    TEST_CASE("a queue about as old as the mark does not fill the log")
    {
        OldestWatch watch;
        CHECK(watch.look(61min) == Word::is_old);
        for (int i = 0; i < 5; ++i) {
            CHECK(watch.look(59min) == Word::nothing);
            CHECK(watch.look(61min) == Word::nothing);
        }
        CHECK(watch.look(29min) == Word::is_over);
        CHECK(watch.look(61min) == Word::is_old);
    }
}
