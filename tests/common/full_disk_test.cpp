/// A disk without a free byte under the hand-out: what it lends and what it is told is kept all the
/// same, and what has no room on its shelf follows when there is some.
#include <doctest/doctest.h>

#include "common/spool/directory_hand_out.h"
#include "common/spool/directory_intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace mail;
using std::chrono::seconds;

namespace
{

struct Spool {
    explicit Spool(int mails)
    {
        files.make_real_directories = true;
        auto intake = DirectoryIntake::open({directory.path(), 1, true}, files, clock);
        REQUIRE(intake);
        for (int i = 0; i < mails; ++i) {
            clock.advance(BootTime{1});
            const auto made =
                (*intake)->commit({{"s@x.example", {"a@d.example", "b@d.example"}}, "\r\nx\r\n"});
            REQUIRE(made);
            ids.push_back(*made);
        }
        open();
    }
    void open()
    {
        hand_out.reset();
        auto opened = DirectoryHandOut::open(
            {.root = directory.path(), .unsafe_spool = true, .is_watched = false}, files, clock);
        REQUIRE(opened);
        hand_out = std::move(*opened);
    }
    void cut_and_open()
    {
        hand_out.reset();
        files.restart();
        open();
    }
    void fill_disk()
    {
        files.is_full = true;
        files.full_directories = {directory.path() + "/failed", directory.path() + "/held"};
    }
    void make_room()
    {
        files.is_full = false;
        files.full_directories.clear();
    }
    std::string lend(std::size_t max)
    {
        std::vector<Loan> loans;
        for (const Pick& pick : hand_out->next(max)) {
            const auto record = hand_out->read(pick);
            REQUIRE(record);
            loans.push_back({pick, hand_out->lendable(pick, record->envelope)});
        }
        const auto lease = hand_out->lease(loans, seconds(900));
        REQUIRE(lease);
        return lease->token;
    }
    /// How many mails would be lent now.
    std::size_t waiting()
    {
        const auto picks = hand_out->next(1000);
        hand_out->put_back(picks);
        return picks.size();
    }
    std::size_t count(const std::string& where) const
    {
        return files.names_in(directory.path() + where).size();
    }

    test::TemporaryDirectory directory;
    test::MemoryFiles files;
    test::ManualClock clock;
    std::vector<SpoolId> ids;
    std::unique_ptr<DirectoryHandOut> hand_out;
};

/// A third each delivered, failed and held, with one of the two recipients delivered before.
std::vector<Outcome> outcomes_for(const std::vector<SpoolId>& ids, std::size_t count)
{
    constexpr OutcomeKind kKinds[] = {OutcomeKind::delivered, OutcomeKind::failed,
                                      OutcomeKind::held};
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < count; ++i) {
        outcomes.push_back({ids[i], OutcomeKind::delivered, {"a@d.example"}, ""});
        outcomes.push_back({ids[i], kKinds[i % 3], {"b@d.example"}, "so said"});
    }
    return outcomes;
}

}  // namespace

TEST_SUITE("common/spool/full_disk")
{
    TEST_CASE("at zero free bytes leases and all outcomes are taken, and hold over a power cut")
    {
        Spool spool(400);
        spool.fill_disk();
        const std::string token = spool.lend(300);
        const auto settled = spool.hand_out->settle(token, outcomes_for(spool.ids, 300));
        REQUIRE(settled);
        CHECK(settled->settled.size() == 300);
        CHECK(settled->unknown.empty());
        CHECK(spool.count("/messages") == 300);  // no room on the shelves
        CHECK(spool.waiting() == 100);

        spool.clock.advance(seconds(1000));
        CHECK(spool.waiting() == 100);
        spool.cut_and_open();
        CHECK(spool.waiting() == 100);
        spool.clock.reboot();
        spool.cut_and_open();
        CHECK(spool.waiting() == 100);
        CHECK(spool.count("/messages") == 300);

        spool.make_room();
        SUBCASE("the files follow when somebody asks for mail")
        {
            spool.clock.advance(seconds(10));
            CHECK(spool.waiting() == 100);
        }
        SUBCASE("the files follow when somebody looks at the shelves")
        {
            spool.clock.advance(seconds(10));
            CHECK(spool.hand_out->kept()->size() == 200);
        }
        SUBCASE("the files follow at the start")
        {
            spool.open();
        }
        spool.cut_and_open();
        CHECK(spool.count("/messages") == 100);
        CHECK(spool.count("/failed") == 100);
        CHECK(spool.count("/held") == 100);
        CHECK(spool.waiting() == 100);
    }

    TEST_CASE("what found room later is like any other there: moved back by hand it is tried again")
    {
        Spool spool(3);
        spool.fill_disk();
        REQUIRE(spool.hand_out->settle(spool.lend(50), outcomes_for(spool.ids, 3)));
        spool.make_room();
        spool.clock.advance(seconds(10));
        CHECK(spool.waiting() == 0);
        const std::string name = spool.ids[1].hex() + ".json";
        REQUIRE(spool.files.has(spool.directory.path() + "/failed/" + name));
        spool.hand_out.reset();
        REQUIRE(spool.files.rename_new(spool.directory.path() + "/failed/" + name,
                                       spool.directory.path() + "/messages/" + name));
        spool.open();
        const auto picks = spool.hand_out->next(50);
        REQUIRE(picks.size() == 1);
        const auto record = spool.hand_out->read(picks[0]);
        CHECK(spool.hand_out->lendable(picks[0], record->envelope) ==
              std::vector<std::string>{"b@d.example"});
    }

    TEST_CASE("a power cut before any step of the later move: on its shelf, and never lent again")
    {
        bool was_struck = true;
        for (int steps = 0; was_struck; ++steps) {
            CAPTURE(steps);
            Spool spool(3);
            spool.fill_disk();
            REQUIRE(spool.hand_out->settle(spool.lend(50), outcomes_for(spool.ids, 3)));
            spool.make_room();
            spool.clock.advance(seconds(10));
            spool.files.cut_after(steps);
            try {
                static_cast<void>(spool.hand_out->next(50));
            } catch (const test::PowerCut&) {
            }
            was_struck = spool.files.is_off();
            spool.cut_and_open();
            CHECK(spool.waiting() == 0);
            CHECK(spool.count("/failed") == 1);
            CHECK(spool.count("/held") == 1);
            CHECK(spool.count("/messages") == 0);
        }
    }
}
