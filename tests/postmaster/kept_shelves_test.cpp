#include "postmaster/kept_shelves.h"

#include <doctest/doctest.h>

#include "tests/support/memory_hand_out.h"

using namespace postmaster;
using std::chrono::seconds;

namespace
{

struct Fixture {
    mail::test::ManualClock clock;
    mail::test::MemoryHandOut spool{clock};
    KeptShelves shelves{spool, clock};

    void hold(int mails)
    {
        for (int i = 0; i < mails; ++i) {
            spool.add("Subject: x\r\n\r\n");
            REQUIRE(spool.hold(spool.next(1).at(0), "why"));
        }
    }
};

}  // namespace

TEST_SUITE("postmaster/kept_shelves")
{
    TEST_CASE_FIXTURE(Fixture, "however often somebody asks, the disk is asked every five seconds")
    {
        for (int i = 0; i < 100; ++i) CHECK(shelves.counts()->held == 0);
        hold(1);
        CHECK(shelves.counts()->held == 0);
        CHECK(spool.shelf_looks == 1);
        clock.advance(seconds(5));
        CHECK(shelves.counts()->held == 1);
        CHECK(spool.shelf_looks == 2);
    }

    TEST_CASE_FIXTURE(Fixture, "the newest fifty of a shelf, and the number of all")
    {
        hold(60);
        const auto newest = shelves.newest();
        REQUIRE(newest);
        CHECK(newest->held.size() == 50);
        CHECK(newest->failed.empty());
        CHECK(shelves.counts()->held == 60);
    }

    TEST_CASE_FIXTURE(Fixture, "a shelf that cannot be listed is no empty shelf")
    {
        spool.fail_writes(true);
        CHECK_FALSE(shelves.counts());
    }
}
