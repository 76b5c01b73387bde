#include "common/spool/waiting_index.h"

#include <doctest/doctest.h>

using namespace mail;

namespace
{

SpoolId id_at(std::uint64_t milliseconds)
{
    return SpoolId::generate(WallTime(std::chrono::milliseconds(milliseconds)));
}

WaitingIndex::Place admit(WaitingIndex& index, std::uint64_t milliseconds)
{
    const WaitingIndex::Place place{milliseconds, id_at(milliseconds), false};
    index.add_aside(place);
    index.wait(place.id);
    return place;
}

}  // namespace

TEST_SUITE("common/spool/waiting_index")
{
    TEST_CASE("the oldest go first, whatever the order they came in")
    {
        WaitingIndex index;
        const auto c = admit(index, 3000), a = admit(index, 1000), b = admit(index, 2000);
        CHECK(index.take(2, BootTime{0}) == std::vector{a, b});
        CHECK(index.take(2, BootTime{0}) == std::vector{c});
        CHECK(index.take(2, BootTime{0}).empty());
    }

    TEST_CASE("a mail that is set aside is known, is not handed out twice, and finds its old place")
    {
        WaitingIndex index;
        const auto a = admit(index, 1000);
        admit(index, 2000);
        REQUIRE(index.take(1, BootTime{0}) == std::vector{a});
        CHECK(index.knows(a));
        index.wait(a.id);
        CHECK(index.take(1, BootTime{0}) == std::vector{a});
    }

    TEST_CASE("a mail that waits for its time comes when it is due, and not before")
    {
        WaitingIndex index;
        const auto a = admit(index, 1000);
        index.take(1, BootTime{0});
        index.wait_until(a.id, BootTime{500});
        CHECK(index.next_due() == BootTime{500});
        CHECK(index.take(1, BootTime{499}).empty());
        CHECK(index.take(1, BootTime{500}) == std::vector{a});
        CHECK_FALSE(index.next_due().has_value());
    }

    TEST_CASE("a later word replaces an earlier one: wait, wait_until, park")
    {
        WaitingIndex index;
        const auto a = admit(index, 1000);
        index.take(1, BootTime{0});
        index.wait_until(a.id, BootTime{500});
        index.wait_until(a.id, BootTime{900});
        CHECK(index.take(1, BootTime{600}).empty());
        index.park(a.id);
        CHECK(index.take(1, BootTime{10'000}).empty());
        index.wait(a.id);
        CHECK(index.take(1, BootTime{0}) == std::vector{a});
    }

    TEST_CASE("a removed mail is gone from wherever it stood")
    {
        WaitingIndex index;
        const auto waiting = admit(index, 1000), aside = admit(index, 500),
                   later = admit(index, 400);
        index.take(2, BootTime{0});
        index.wait_until(later.id, BootTime{5});
        const WaitingIndex::Place original{700, *SpoolId::parse("0123456789abcdef0123456789abcdef"),
                                           true};
        index.add_aside(original);
        index.wait(original.id);
        for (const auto& place : {waiting, aside, later, original}) {
            index.remove(place.id, place.of_original);
            CHECK_FALSE(index.knows(place));
        }
        CHECK(index.take(10, BootTime{100}).empty());
    }

    TEST_CASE("ids of the original, which say no time, go by their file's")
    {
        WaitingIndex index;
        const WaitingIndex::Place old{500, *SpoolId::parse("ffffffffffff4fff8fffffffffffffff"),
                                      true};
        const auto ours = admit(index, 1000);
        index.add_aside(old);
        index.wait(old.id);
        CHECK(index.take(2, BootTime{0}) == std::vector{old, ours});
    }

    TEST_CASE("what waits, rests and stands aside is counted, and what is due counts as waiting")
    {
        WaitingIndex index;
        const auto a = admit(index, 1000);
        admit(index, 2000);
        admit(index, 3000);
        index.take(2, BootTime{0});
        index.wait_until(a.id, BootTime{500});
        const auto before = index.count(BootTime{499});
        CHECK(before.waiting == 1);
        CHECK(before.later == 1);
        CHECK(before.aside == 1);
        const auto after = index.count(BootTime{500});
        CHECK(after.waiting == 2);
        CHECK(after.later == 0);
    }

    TEST_CASE("a mail waits since it came, and one that came back since it was due")
    {
        WaitingIndex index;
        CHECK_FALSE(index.oldest(BootTime{0}).came_milliseconds);
        const auto old = admit(index, 1000), young = admit(index, 9000);
        CHECK(index.oldest(BootTime{0}).came_milliseconds == 1000);
        index.take(1, BootTime{0});
        index.wait_until(old.id, BootTime{500});
        CHECK_FALSE(index.oldest(BootTime{499}).due);
        const auto both = index.oldest(BootTime{700});
        CHECK(both.due == BootTime{500});
        CHECK(both.came_milliseconds == 9000);

        SUBCASE("also when it was picked and put back")
        {
            CHECK(index.take(1, BootTime{700}) == std::vector{old});
            CHECK_FALSE(index.oldest(BootTime{800}).due);
            index.wait(old.id);
            CHECK(index.oldest(BootTime{800}).due == BootTime{500});
        }
        SUBCASE("and not when it is gone")
        {
            index.remove(old.id, false);
            CHECK_FALSE(index.oldest(BootTime{800}).due);
            index.remove(young.id, false);
            CHECK_FALSE(index.oldest(BootTime{800}).came_milliseconds);
        }
    }

    TEST_CASE("places are told in order behind any place, of what waits and of what is set aside")
    {
        WaitingIndex index;
        const auto a = admit(index, 1000), b = admit(index, 2000), c = admit(index, 3000),
                   d = admit(index, 4000);
        REQUIRE(index.take(2, BootTime{0}) == std::vector{a, b});
        index.wait_until(a.id, BootTime{500});
        CHECK(index.behind({}, 50) == std::vector{a, b, c, d});
        CHECK(index.behind(a, 2) == std::vector{b, c});
        CHECK(index.behind(c, 50) == std::vector{d});
        CHECK(index.behind(d, 50).empty());
        CHECK(index.find(b.id) == b);
        CHECK(index.find(d.id) == d);
        index.remove(b.id, false);
        CHECK_FALSE(index.find(b.id).has_value());
    }

    TEST_CASE("what an operator sets aside is not taken, whether it waited or was to wait")
    {
        WaitingIndex index;
        const auto a = admit(index, 1000), b = admit(index, 2000);
        REQUIRE(index.take(1, BootTime{0}) == std::vector{a});
        index.wait_until(a.id, BootTime{500});
        CHECK(index.set_aside(a.id));
        CHECK(index.set_aside(b.id));
        CHECK_FALSE(index.set_aside(id_at(5000)));
        CHECK(index.take(2, BootTime{1000}).empty());
        CHECK_FALSE(index.next_due().has_value());
        index.wait(b.id);
        CHECK(index.take(2, BootTime{1000}) == std::vector{b});
    }

    TEST_CASE("an original's mail is found by its id alone, with its file's time")
    {
        WaitingIndex index;
        const WaitingIndex::Place place{7000, *SpoolId::parse("ffffffffffff4fff8fffffffffffffff"),
                                        true};
        index.add_waiting(place);
        CHECK(index.find(place.id) == place);
        CHECK(index.set_aside(place.id));
        CHECK(index.find_aside(place.id) == place);
        index.wait(place.id);
        CHECK(index.take(1, BootTime{0}) == std::vector{place});
        index.remove(place.id, true);
        CHECK_FALSE(index.has(place.id));
        CHECK(index.behind({}, 50).empty());
    }
}
