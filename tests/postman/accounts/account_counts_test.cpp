#include "postman/accounts/account_counts.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace std::chrono_literals;
using postman::AccountCounts;
using postman::AccountLimits;

namespace
{

struct Setting {
    mail::test::MemoryFiles files;
    mail::test::ManualClock clock;
    std::unique_ptr<AccountCounts> counts;

    Setting()
    {
        REQUIRE(files.make_dir("/state"));
        begin();
    }
    /// A new process.
    void begin() { counts = std::make_unique<AccountCounts>("/state", files, clock); }
    int passes(const AccountLimits& limits, int tries, std::uint32_t weight = 1)
    {
        int passed = 0;
        for (int i = 0; i < tries; ++i) passed += !counts->take("shop", limits, weight);
        return passed;
    }
};

}  // namespace

TEST_SUITE("postman/account_counts")
{
    TEST_CASE("no 60 s hold more than the limit, and no less is let through")
    {
        Setting s;
        const AccountLimits limits{.per_minute = 20};
        CHECK(s.passes(limits, 30) == 20);
        s.clock.advance(60s);
        CHECK(s.passes(limits, 1) == 0);  // a part of that second may be in the window yet
        s.clock.advance(1s);
        CHECK(s.passes(limits, 30) == 20);
    }

    TEST_CASE("the window slides: what is over makes room, one by one")
    {
        Setting s;
        const AccountLimits limits{.per_minute = 3};
        for (int i = 0; i < 3; ++i) {
            CHECK(s.passes(limits, 1) == 1);
            s.clock.advance(10s);
        }
        CHECK(s.counts->take("shop", limits, 1) == 31s);
        s.clock.advance(31s);
        CHECK(s.passes(limits, 2) == 1);
        s.clock.advance(10s);
        CHECK(s.passes(limits, 2) == 1);
    }

    TEST_CASE("the day's limit holds over the minute's")
    {
        Setting s;
        const AccountLimits limits{.per_minute = 10, .per_day = 25};
        int passed = 0;
        for (int minute = 0; minute < 10; ++minute, s.clock.advance(61s))
            passed += s.passes(limits, 15);
        CHECK(passed == 25);
        s.clock.advance(24h);
        CHECK(s.passes(limits, 15) == 10);
    }

    TEST_CASE("a limit survives a restart of the program and of the machine")
    {
        Setting s;
        const AccountLimits limits{.per_day = 5};
        CHECK(s.passes(limits, 3) == 3);
        s.begin();
        CHECK(s.passes(limits, 1) == 1);
        s.clock.reboot();
        s.clock.jump_wall(1h);
        s.begin();
        CHECK(s.passes(limits, 9) == 1);
        s.begin();
        CHECK(s.passes(limits, 9) == 0);
        s.clock.advance(24h + 1s);
        s.begin();
        CHECK(s.passes(limits, 9) == 5);
    }

    TEST_CASE("a wall clock that jumps while the machine runs changes nothing")
    {
        Setting s;
        const AccountLimits limits{.per_day = 5};
        CHECK(s.passes(limits, 5) == 5);
        s.clock.jump_wall(48h);
        CHECK(s.passes(limits, 1) == 0);
        s.begin();
        CHECK(s.passes(limits, 1) == 0);
        s.clock.jump_wall(-96h);
        s.begin();
        CHECK(s.passes(limits, 1) == 0);
    }

    TEST_CASE("a wall clock set back over a restart of the machine makes nothing old")
    {
        Setting s;
        const AccountLimits limits{.per_day = 5};
        CHECK(s.passes(limits, 5) == 5);
        s.clock.reboot();
        s.clock.jump_wall(-48h);
        s.begin();
        CHECK(s.passes(limits, 1) == 0);
    }

    TEST_CASE("a kill before any step lets nothing through twice")
    {
        const AccountLimits limits{.per_day = 4};
        for (int step = 0; step < 12; ++step) {
            CAPTURE(step);
            Setting s;
            int passed = 0;
            s.files.kill_after(step);
            try {
                for (int i = 0; i < 3; ++i) passed += s.passes(limits, 1);
            } catch (const mail::test::Killed&) {
            }
            s.files.end_faults();
            s.begin();
            passed += s.passes(limits, 9);
            CHECK(passed <= 4);
            CHECK(passed >= 3);  // the one at work may be counted and not sent
        }
    }

    TEST_CASE("many threads share one limit")
    {
        Setting s;
        const AccountLimits limits{.per_day = 500};
        std::atomic<int> passed = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] { passed += s.passes(limits, 300); });
        }
        CHECK(passed == 500);
    }

    TEST_CASE("processes that send by the same accounts share one limit")
    {
        Setting s;
        const AccountLimits limits{.per_day = 10};
        AccountCounts other("/state", s.files, s.clock);
        int passed = 0;
        for (int i = 0; i < 8; ++i) {
            passed += s.passes(limits, 1);
            passed += !other.take("shop", limits, 1);
        }
        CHECK(passed == 10);
        other.give_back("shop", 1);
        CHECK(s.passes(limits, 3) == 1);
        CHECK(other.take("shop", limits, 1));
    }

    TEST_CASE("each counts within its turn, and without a turn nothing goes")
    {
        mail::test::MemoryFiles files;
        mail::test::ManualClock clock;
        REQUIRE(files.make_dir("/state"));
        int turns = 0;
        bool is_refused = false;
        AccountCounts counts("/state", files, clock, [&]() -> mail::Result<postman::CountTurn> {
            if (is_refused) return mail::Error{mail::ErrorKind::temporary, "open lock"};
            ++turns;
            return postman::CountTurn{};
        });
        const AccountLimits limits{.per_day = 2};
        CHECK_FALSE(counts.take("shop", limits, 1));
        counts.give_back("shop", 1);
        CHECK(turns == 2);
        is_refused = true;
        const auto wait = counts.take("shop", limits, 1);
        REQUIRE(wait);
        CHECK(wait->trouble == "open lock");
        CHECK_FALSE(counts.take("shop", AccountLimits{}, 1));  // no limit, no count
    }

    TEST_CASE("counts that cannot be read let nothing through")
    {
        const mail::test::TemporaryDirectory directory;
        const std::string path = directory.path() + "/account-counts";
        mail::Files& files = mail::system_files();
        REQUIRE(files.make_dir(path));  // a directory is no file
        mail::test::ManualClock clock;
        AccountCounts counts(directory.path(), files, clock);
        const AccountLimits limits{.per_day = 2};
        const auto wait = counts.take("shop", limits, 1);
        REQUIRE(wait);
        CHECK(wait->time == 60s);
        CHECK(wait->trouble.find(path) != std::string::npos);
        REQUIRE(std::filesystem::remove(path));
        CHECK_FALSE(counts.take("shop", limits, 1));
    }

    TEST_CASE("what was not sent is given back, over a restart too")
    {
        Setting s;
        const AccountLimits limits{.per_day = 2};
        CHECK(s.passes(limits, 2) == 2);
        s.counts->give_back("shop", 1);
        s.begin();
        CHECK(s.passes(limits, 3) == 1);
    }

    TEST_CASE("recipients weigh, and one mail that is over the limit alone passes alone")
    {
        Setting s;
        const AccountLimits limits{.per_minute = 10, .counts_recipients = true};
        CHECK(s.passes(limits, 3, 4) == 2);
        s.clock.advance(61s);
        CHECK(s.passes(limits, 2, 50) == 1);
    }

    TEST_CASE("who is sent away comes back in his turn, not with all the others")
    {
        Setting s;
        const AccountLimits limits{.per_minute = 20};
        CHECK(s.passes(limits, 20) == 20);
        std::chrono::seconds last = 0s;
        for (int i = 0; i < 100; ++i) {
            const auto wait = s.counts->take("shop", limits, 1);
            REQUIRE(wait);
            CHECK(*wait == (i == 0 ? 61s : last + 3s));
            last = wait->time;
        }
        for (int i = 0; i < 20000; ++i) {
            const auto wait = s.counts->take("shop", limits, 1);
            REQUIRE(wait);
            REQUIRE(wait->time <= 6h);
        }
    }

    TEST_CASE("accounts have counts of their own; without limits nothing is written")
    {
        Setting s;
        const AccountLimits limits{.per_day = 1};
        CHECK_FALSE(s.counts->take("a", AccountLimits{}, 1));
        CHECK(s.files.steps_taken() <= 1);
        CHECK_FALSE(s.counts->take("a", limits, 1));
        CHECK_FALSE(s.counts->take("b", limits, 1));
        CHECK(s.counts->take("a", limits, 1));
    }

    TEST_CASE("a file of no sense counts nothing, a disk that is full holds nothing back")
    {
        Setting s;
        const AccountLimits limits{.per_day = 2};
        auto file = s.files.create_exclusive("/state/account-counts");
        REQUIRE(file);
        REQUIRE((*file)->write_all("x\n1 2 3 4\nboot-1 99 1 99999999999 shop\nboot-1 1 1 1"));
        CHECK(s.passes(limits, 3) == 2);
        s.begin();
        CHECK(s.passes(limits, 1) == 0);

        Setting full;
        full.files.fail_after(0, ENOSPC, true);
        CHECK(full.passes(limits, 3) == 2);
    }
}
