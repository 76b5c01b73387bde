#include "common/log_limit.h"

#include <doctest/doctest.h>

#include "tests/support/manual_clock.h"

using namespace std::chrono_literals;
using mail::log::EventLimit;

namespace
{

std::size_t written(EventLimit& limit, const mail::Clock& clock, std::string_view peer, int tries,
                    std::string_view event = "login refused")
{
    std::size_t count = 0;
    for (int i = 0; i < tries; ++i) count += limit.allows(event, peer, clock.boot()) ? 1 : 0;
    return count;
}

}  // namespace

TEST_SUITE("common/log_limit")
{
    TEST_CASE("one peer gets 20 lines of an event a minute, and the rest is counted")
    {
        mail::test::ManualClock clock;
        EventLimit limit;
        CHECK(written(limit, clock, "192.0.2.1", 1000) == EventLimit::kLinesOfPeer);
        CHECK(limit.take_left_out(clock.boot()).empty());
        clock.advance(60s);
        const auto left_out = limit.take_left_out(clock.boot());
        REQUIRE(left_out.size() == 1);
        CHECK(left_out[0].event == "login refused");
        CHECK(left_out[0].lines == 980);
        CHECK(limit.take_left_out(clock.boot()).empty());
        CHECK(written(limit, clock, "192.0.2.1", 1000) == EventLimit::kLinesOfPeer);
    }

    TEST_CASE("a peer that floods takes no other's lines, until the event has had its 200")
    {
        mail::test::ManualClock clock;
        EventLimit limit;
        CHECK(written(limit, clock, "192.0.2.1", 1000) == 20);
        CHECK(written(limit, clock, "192.0.2.2", 5) == 5);
        std::size_t all = 25;
        for (int peer = 0; peer < 1000; ++peer)
            all += written(limit, clock, "2001:db8::" + std::to_string(peer), 1);
        CHECK(all == EventLimit::kLinesOfEvent);
        CHECK(written(limit, clock, "192.0.2.1", 5, "refused") == 5);
    }

    TEST_CASE("what was left out is told at the end, too")
    {
        mail::test::ManualClock clock;
        EventLimit limit;
        CHECK(written(limit, clock, "192.0.2.1", 23) == 20);
        const auto left_out = limit.take_left_out(clock.boot(), true);
        REQUIRE(left_out.size() == 1);
        CHECK(left_out[0].lines == 3);
    }

    TEST_CASE("few lines are never left out")
    {
        mail::test::ManualClock clock;
        EventLimit limit;
        for (int minute = 0; minute < 100; ++minute) {
            CHECK(written(limit, clock, "192.0.2.1", 20) == 20);
            CHECK(limit.take_left_out(clock.boot()).empty());
            clock.advance(60s);
        }
    }
}
