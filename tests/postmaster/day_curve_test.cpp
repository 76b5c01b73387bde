#include "postmaster/day_curve.h"

#include <doctest/doctest.h>

#include "postmaster/day_chart.h"

using namespace postmaster;
using namespace std::chrono_literals;
using Slot = DayCurve::Slot;

TEST_SUITE("postmaster/day_curve")
{
    TEST_CASE("what totals grew by belongs to the ten minutes of the sample")
    {
        DayCurve curve(5h);
        curve.sample(5h, 3, 1);
        curve.sample(5h + 9min, 4, 1);
        curve.sample(5h + 10min, 10, 5);
        const auto slots = curve.slots();
        REQUIRE(slots.size() == 144);
        CHECK(slots[142] == Slot{4, 1});
        CHECK(slots[143] == Slot{6, 4});
        CHECK(slots[0] == Slot{});
    }

    TEST_CASE("after 24 hours the oldest go, one by one, and all after a day of silence")
    {
        DayCurve curve(0h);
        curve.sample(0h, 1, 0);
        curve.sample(10min, 3, 0);
        curve.sample(23h + 50min, 3, 0);
        CHECK(curve.slots().front() == Slot{1, 0});
        curve.sample(24h, 3, 7);
        CHECK(curve.slots().front() == Slot{2, 0});
        CHECK(curve.slots().back() == Slot{0, 7});
        curve.sample(100h, 3, 7);
        for (const Slot& slot : curve.slots()) CHECK(slot == Slot{});
    }

    TEST_CASE("a total that fell counts nothing")
    {
        DayCurve curve(0h);
        curve.sample(0h, 5, 5);
        curve.sample(1min, 2, 2);
        curve.sample(2min, 3, 3);
        CHECK(curve.slots().back() == Slot{6, 6});
    }

    TEST_CASE("the picture has a bar for each slot with mail, and says the sums in words")
    {
        DayCurve curve(0h);
        curve.sample(0h, 1000, 1);
        const std::string svg = day_chart(curve.slots());
        CHECK(svg.find("In 24 hours 1000 mails came and 1 were handed out") != std::string::npos);
        CHECK(svg.find("class=\"came\" d=\"M715.5 60h4v-57.0h-4z\"") != std::string::npos);
        CHECK(svg.find("class=\"went\" d=\"M715.5 60h4v1.0h-4z\"") != std::string::npos);
    }
}
