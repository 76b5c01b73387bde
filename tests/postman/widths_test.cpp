#include "postman/widths.h"

#include <doctest/doctest.h>

#include "tests/support/memory_files.h"

using postman::Widths;
using std::chrono::microseconds;

TEST_SUITE("postman/widths")
{
    TEST_CASE("median, p99 and max of a thousand windows, within a sixteenth")
    {
        Widths widths;
        CHECK(widths.summary().count == 0);
        for (int i = 1; i <= 1000; ++i) widths.add(microseconds(i));
        const auto summary = widths.summary();
        CHECK(summary.count == 1000);
        CHECK(summary.median >= microseconds(500));
        CHECK(summary.median <= microseconds(532));
        CHECK(summary.p99 >= microseconds(990));
        CHECK(summary.max == microseconds(1000));
        widths.add(std::chrono::hours(24));
        CHECK(widths.summary().max == microseconds(std::chrono::hours(24)));
    }

    TEST_CASE("the figures lie in window.json, whole")
    {
        mail::test::MemoryFiles files;
        Widths widths;
        widths.add(microseconds(9));
        REQUIRE(postman::write_window_status(widths.summary(), "/state", files));
        REQUIRE(postman::write_window_status(widths.summary(), "/state", files));
        CHECK(files.text("/state/window.json") ==
              "{\"unconfirmed_window\":{\"count\":1,\"median_us\":9,\"p99_us\":9,\"max_us\":9}}\n");
    }
}
