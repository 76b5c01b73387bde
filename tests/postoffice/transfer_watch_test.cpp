#include "postoffice/transfer_watch.h"

#include <doctest/doctest.h>

using namespace postoffice;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_SUITE("postoffice/transfer_watch")
{
    TEST_CASE("the first minute is free; then 100 bytes/s over each minute")
    {
        TransferWatch watch(seconds(0));
        std::uint64_t bytes = 1;
        for (int second = 0; second < 60; ++second) CHECK(watch.check(seconds(second), bytes));
        SUBCASE("too slow ends after the second minute")
        {
            CHECK(watch.check(seconds(118), bytes + 5899));
            CHECK_FALSE(watch.check(seconds(119), bytes + 5999));
        }
        SUBCASE("fast enough goes on")
        {
            for (int second = 60; second < 600; ++second)
                CHECK(watch.check(seconds(second), bytes += 100));
        }
        SUBCASE("a burst long ago does not pay for silence now")
        {
            CHECK(watch.check(seconds(119), 1'000'000));
            CHECK_FALSE(watch.check(seconds(180), 1'000'000));
        }
    }

    TEST_CASE("an hour is the cap, however fast")
    {
        TransferWatch watch(seconds(0));
        std::uint64_t bytes = 0;
        for (int minute = 0; minute <= 60; ++minute)
            CHECK(watch.check(minutes(minute), bytes += 1'000'000));
        CHECK_FALSE(watch.check(minutes(61), bytes + 1'000'000));
    }

    TEST_CASE("time in which we did not read is not the client's")
    {
        TransferWatch watch(seconds(0));
        CHECK(watch.check(seconds(59), 0));
        watch.pause(minutes(5));
        CHECK(watch.check(minutes(6), 0));
    }
}
