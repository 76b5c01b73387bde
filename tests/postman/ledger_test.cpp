#include "postman/ledger.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <thread>

#include "tests/postman/fakes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace std::chrono_literals;
using mail::test::MemoryFiles;
using postman::Ledger;
using postman::LedgerEvent;
using postman::Standing;
using postman::test::id_of;

namespace
{

constexpr auto kKeep = 240h;

struct Fixture {
    MemoryFiles files;
    mail::test::ManualClock clock;

    std::unique_ptr<Ledger> opened()
    {
        auto ledger = std::make_unique<Ledger>("/state", kKeep, files, clock);
        REQUIRE(ledger->open());
        return ledger;
    }
    std::string text() { return files.text("/state/ledger"); }
};

}  // namespace

TEST_SUITE("postman/ledger")
{
    TEST_CASE("what was never tried has an empty standing")
    {
        Fixture f;
        CHECK(f.opened()->standing(id_of(1), "ann@example.org") == Standing{});
    }

    TEST_CASE("a done is known to the next run")
    {
        Fixture f;
        REQUIRE(f.opened()->record({{LedgerEvent::started, id_of(1), "ann@example.org"}}));
        REQUIRE(f.opened()->record({{LedgerEvent::done, id_of(1), "ann@example.org"}}));
        const auto ledger = f.opened();
        CHECK(ledger->standing(id_of(1), "ann@example.org").is_done);
        CHECK(ledger->standing(id_of(1), "ann@example.org").attempts == 1);
        CHECK_FALSE(ledger->standing(id_of(1), "bob@example.org").is_done);
        CHECK_FALSE(ledger->standing(id_of(2), "ann@example.org").is_done);
    }

    TEST_CASE("attempts, the first attempt and starts without an end are counted")
    {
        Fixture f;
        const auto ledger = f.opened();
        REQUIRE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        const auto first = ledger->standing(id_of(1), "a").first_attempt;
        REQUIRE(ledger->record({{LedgerEvent::ended, id_of(1), "a"}}));
        f.clock.advance(100s);
        REQUIRE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        REQUIRE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        const Standing standing = ledger->standing(id_of(1), "a");
        CHECK(standing.attempts == 3);
        CHECK(standing.unended == 2);
        CHECK(standing.first_attempt == first);
        CHECK(f.opened()->standing(id_of(1), "a") == standing);
    }

    TEST_CASE("an attempt that never reached the way out does not count")
    {
        Fixture f;
        const auto ledger = f.opened();
        REQUIRE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        REQUIRE(ledger->record({{LedgerEvent::withdrawn, id_of(1), "a"}}));
        f.clock.advance(1000s);
        REQUIRE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        const Standing standing = ledger->standing(id_of(1), "a");
        CHECK(standing.attempts == 1);
        CHECK(standing.first_attempt == standing.last_change);
    }

    TEST_CASE("an attempt that never reached the way out takes no older start's end for known")
    {
        Fixture f;
        const auto ledger = f.opened();
        for (int i = 0; i < 4; ++i)
            REQUIRE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        REQUIRE(ledger->record({{LedgerEvent::withdrawn, id_of(1), "a"}}));
        CHECK(ledger->standing(id_of(1), "a").unended == 3);
        CHECK(ledger->standing(id_of(1), "a").attempts == 3);
    }

    TEST_CASE("what the postmaster took over is forgotten, by the next run too")
    {
        Fixture f;
        const auto ledger = f.opened();
        REQUIRE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        ledger->note({{LedgerEvent::forgotten, id_of(1), "a"}});
        CHECK(ledger->standing(id_of(1), "a") == Standing{});
        REQUIRE(ledger->flush());
        CHECK(f.opened()->standing(id_of(1), "a") == Standing{});
    }

    TEST_CASE("a ledger torn at any byte keeps every line that was whole")
    {
        Fixture f;
        const auto ledger = f.opened();
        std::vector<std::size_t> ends;
        for (unsigned i = 1; i <= 4; ++i) {
            REQUIRE(ledger->record({{LedgerEvent::started, id_of(i), "a"}}));
            ends.push_back(f.text().size());
        }
        const std::string whole = f.text();
        for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
            CAPTURE(cut);
            f.files.set_text("/state/ledger", whole.substr(0, cut));
            const auto torn = f.opened();
            CHECK(torn->damaged_lines() == 0);
            for (unsigned i = 1; i <= 4; ++i)
                CHECK(torn->standing(id_of(i), "a").attempts == (ends[i - 1] <= cut ? 1 : 0));
            // What is written behind a torn line is not spoilt by it.
            REQUIRE(torn->record({{LedgerEvent::done, id_of(9), "a"}}));
            const auto next = f.opened();
            CHECK(next->standing(id_of(9), "a").is_done);
            // A line that lacked nothing but its end has it now.
            for (unsigned i = 1; i <= 4; ++i)
                CHECK(next->standing(id_of(i), "a").attempts == (ends[i - 1] <= cut + 1 ? 1 : 0));
        }
    }

    TEST_CASE("a damaged byte costs its own line and no other")
    {
        Fixture f;
        const auto ledger = f.opened();
        for (unsigned i = 1; i <= 3; ++i)
            REQUIRE(ledger->record({{LedgerEvent::started, id_of(i), "a"}}));
        const std::string whole = f.text();
        const std::size_t line = whole.size() / 3;
        for (std::size_t at = line; at < 2 * line - 1; ++at) {
            CAPTURE(at);
            std::string bad = whole;
            bad[at] = static_cast<char>(bad[at] ^ 0x01);
            f.files.set_text("/state/ledger", bad);
            const auto opened = f.opened();
            CHECK(opened->damaged_lines() > 0);
            CHECK(opened->standing(id_of(1), "a").attempts == 1);
            CHECK(opened->standing(id_of(2), "a").attempts == 0);
            CHECK(opened->standing(id_of(3), "a").attempts == 1);
        }
    }

    TEST_CASE("a power cut between any two steps leaves what was recorded before it")
    {
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            for (const std::size_t torn : {0, 1, 50, 1000}) {
                Fixture f;
                f.files.fail_after(steps, EIO, true);
                Ledger ledger("/state", kKeep, f.files, f.clock);
                std::vector<unsigned> promised;
                if (ledger.open())
                    for (unsigned i = 1; i <= 3; ++i)
                        if (ledger.record({{LedgerEvent::started, id_of(i), "a"},
                                           {LedgerEvent::done, id_of(i), "a"}}))
                            promised.push_back(i);
                f.files.restart_torn(torn);
                const auto after = f.opened();
                for (const unsigned i : promised) CHECK(after->standing(id_of(i), "a").is_done);
                if (promised.size() == 3) return;
            }
        }
    }

    TEST_CASE("after a failed sync nothing more is taken")
    {
        Fixture f;
        const auto ledger = f.opened();
        f.files.fail_after(1, EIO, true);
        CHECK_FALSE(ledger->record({{LedgerEvent::started, id_of(1), "a"}}));
        f.files.end_faults();
        CHECK_FALSE(ledger->record({{LedgerEvent::started, id_of(2), "a"}}));
    }

    TEST_CASE("a rewrite keeps what stands, drops what cannot come back, and survives a power cut")
    {
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            Fixture f;
            const auto ledger = f.opened();
            REQUIRE(ledger->record({{LedgerEvent::done, id_of(1), "old"},
                                    {LedgerEvent::confirmed, id_of(1), "old"},
                                    {LedgerEvent::done, id_of(5), "unheard"}}));
            for (auto passed = 0h; passed <= kKeep; passed += 1h) {
                f.clock.advance(1h);
                REQUIRE(ledger->record({{LedgerEvent::done, id_of(2), "new"}}));
            }
            std::vector<postman::LedgerEntry> many;
            for (int i = 0; i < 21'000; ++i)
                many.push_back({LedgerEvent::started, id_of(3), "same"});
            const int before = f.files.steps_taken();
            f.files.fail_after(steps, EIO, true);
            const bool are_recorded = bool(ledger->record(many));  // a rewrite with it
            const bool is_recorded = bool(ledger->record({{LedgerEvent::done, id_of(4), "last"}}));
            const bool was_struck = f.files.steps_taken() - before > steps;
            f.files.restart();
            const auto after = f.opened();
            CHECK(after->standing(id_of(2), "new").is_done);
            CHECK(after->standing(id_of(5), "unheard").is_done);
            if (are_recorded) CHECK(after->standing(id_of(3), "same").unended == 21'000);
            if (is_recorded) CHECK(after->standing(id_of(4), "last").is_done);
            if (!was_struck) {
                REQUIRE(is_recorded);
                CHECK(f.text().size() < 1000);
                CHECK_FALSE(after->standing(id_of(1), "old").is_done);
                return;
            }
        }
    }

    TEST_CASE("a rewrite that finds no room leaves the ledger as it is, and comes later")
    {
        Fixture f;
        const auto ledger = f.opened();
        std::vector<postman::LedgerEntry> many(
            21'000, postman::LedgerEntry{LedgerEvent::started, id_of(1), "same"});
        f.files.fail_after(0, ENOSPC, true, "create");  // ledger.new
        REQUIRE(ledger->record(many));
        for (unsigned i = 2; i < 10; ++i)
            REQUIRE(ledger->record({{LedgerEvent::done, id_of(i), "a"}}));
        f.files.end_faults();
        f.files.restart();
        const auto after = f.opened();
        for (unsigned i = 2; i < 10; ++i) CHECK(after->standing(id_of(i), "a").is_done);
        CHECK(f.text().size() > 1'000'000);
        REQUIRE(after->record({{LedgerEvent::done, id_of(1), "same"}}));
        CHECK(f.text().size() < 10'000);
    }

    TEST_CASE("whatever step fails once, in a rewrite too: what was recorded is known after a cut")
    {
        // As many lines in vain as make the next record a rewrite.
        std::string long_text;
        for (int i = 0; i < 20'100; ++i)
            long_text += postman::encode_ledger_line(
                {LedgerEvent::started, postman::LedgerKey::of(id_of(99), "x"), {.attempts = 1}});
        for (const int sys_errno : {EIO, ENOSPC}) {
            for (const bool is_long : {false, true}) {
                bool was_struck = true;
                for (int steps = 0; was_struck; ++steps) {
                    CAPTURE(sys_errno);
                    CAPTURE(is_long);
                    CAPTURE(steps);
                    Fixture f;
                    if (is_long) f.files.set_text("/state/ledger", long_text);
                    f.files.fail_after(steps, sys_errno);
                    std::vector<unsigned> promised;
                    for (int run = 0; run < 2; ++run) {  // the second finds what the first left
                        Ledger ledger("/state", kKeep, f.files, f.clock);
                        if (!ledger.open()) continue;
                        for (unsigned i = 1; i <= 3; ++i)
                            if (ledger.record({{LedgerEvent::started, id_of(i + 10 * run), "a"},
                                               {LedgerEvent::done, id_of(i + 10 * run), "a"}}))
                                promised.push_back(i + 10 * run);
                    }
                    was_struck = f.files.steps_taken() > steps;
                    CHECK(promised.size() >= 3);
                    CHECK(f.files.repeated_syncs == 0);
                    f.files.restart();
                    const auto after = f.opened();
                    for (const unsigned i : promised) CHECK(after->standing(id_of(i), "a").is_done);
                }
            }
        }
    }

    TEST_CASE("a jump of the wall clock makes nothing old")
    {
        Fixture f;
        REQUIRE(f.opened()->record({{LedgerEvent::done, id_of(1), "told-to-nobody"}}));
        for (const auto jump : {100 * kKeep, -200 * kKeep, 300 * kKeep}) {
            f.clock.jump_wall(jump);
            REQUIRE(f.opened()->record({{LedgerEvent::done, id_of(2), "another"}}));
        }
        CHECK(f.opened()->standing(id_of(1), "told-to-nobody").is_done);
    }

    TEST_CASE("what the postmaster never confirmed is not forgotten while it is away")
    {
        Fixture f;
        const auto ledger = f.opened();
        REQUIRE(ledger->record({{LedgerEvent::done, id_of(1), "unheard"},
                                {LedgerEvent::done, id_of(2), "heard"},
                                {LedgerEvent::confirmed, id_of(2), "heard"}}));
        for (auto passed = 0h; passed <= 2 * kKeep; passed += 1h) {
            f.clock.advance(1h);
            REQUIRE(ledger->record({{LedgerEvent::done, id_of(3), "another"}}));
        }
        CHECK(f.opened()->standing(id_of(1), "unheard").is_done);
        CHECK_FALSE(f.opened()->standing(id_of(2), "heard").is_done);
    }

    TEST_CASE("a ledger whose sync failed is written anew by the next run, and never synced again")
    {
        Fixture f;
        REQUIRE(f.opened()->record({{LedgerEvent::started, id_of(1), "a"}}));
        {
            const auto ledger = f.opened();
            f.files.fail_after(0, EIO, false, "sync");
            CHECK_FALSE(ledger->record({{LedgerEvent::done, id_of(1), "a"}}));
        }
        CHECK_FALSE(f.files.has("/state/ledger"));
        // The next run finds the line in the kernel's cache; the disk never got it.
        CHECK(f.opened()->standing(id_of(1), "a").is_done);
        f.files.restart();
        CHECK(f.opened()->standing(id_of(1), "a").is_done);
        CHECK(f.files.repeated_syncs == 0);
    }

    TEST_CASE("what a killed run had written and not synced is durable before it is believed")
    {
        Fixture f;
        REQUIRE(f.opened()->record({{LedgerEvent::started, id_of(1), "a"}}));
        {
            const auto ledger = f.opened();
            f.files.kill_after(1);  // the write, then the sync
            CHECK_THROWS_AS(static_cast<void>(ledger->record({{LedgerEvent::done, id_of(1), "a"}})),
                            mail::test::Killed);
        }
        const bool is_believed = f.opened()->standing(id_of(1), "a").is_done;
        f.files.restart();
        CHECK(is_believed);
        CHECK(f.opened()->standing(id_of(1), "a").is_done);
    }

    TEST_CASE("threads that record at the same time all get their word kept")
    {
        Fixture f;
        const auto ledger = f.opened();
        {
            std::vector<std::jthread> threads;
            for (unsigned t = 0; t < 4; ++t)
                threads.emplace_back([&, t] {
                    for (unsigned i = 0; i < 50; ++i)
                        if (!ledger->record({{LedgerEvent::done, id_of(t * 100 + i + 1), "a"}}))
                            std::abort();
                });
        }
        const auto after = f.opened();
        for (unsigned t = 0; t < 4; ++t)
            for (unsigned i = 0; i < 50; ++i)
                CHECK(after->standing(id_of(t * 100 + i + 1), "a").is_done);
    }

    TEST_CASE("a line of the ledger is read as it was written")
    {
        const postman::LedgerLine line{LedgerEvent::ended,
                                       postman::LedgerKey::of(id_of(7), "ann@example.org"),
                                       {false, false, 3, 0, 1795163247, 1795163999}};
        const std::string text = postman::encode_ledger_line(line);
        CHECK(text.substr(8) == " ended 01900000000070008000000000000007 " +
                                    mail::sha256_hex("ann@example.org").substr(0, 16) +
                                    " 1795163247 1795163999 3 0\n");
        std::string_view rest = text;
        CHECK(postman::take_ledger_line(rest) == line);
        CHECK(rest.empty());
    }
}
