/// The census of a spool on a real disk: each mail in one state, and how long the oldest waits.
#include <doctest/doctest.h>

#include <filesystem>

#include "common/spool/directory_hand_out.h"
#include "common/spool/directory_intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

using namespace mail;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace
{

struct Spool {
    Spool()
    {
        auto opened = DirectoryIntake::open({directory.path(), 1, true}, system_files(), clock);
        REQUIRE(opened);
        intake = std::move(*opened);
    }
    SpoolId commit()
    {
        clock.advance(BootTime{1});
        const auto id =
            intake->commit({{"s@x.example", {"a@b.example"}}, "Subject: x\r\n\r\nx\r\n"});
        REQUIRE(id);
        return *id;
    }
    void open(bool is_watched = false)
    {
        hand_out.reset();
        auto opened =
            DirectoryHandOut::open({directory.path(), true, is_watched}, system_files(), clock);
        REQUIRE(opened);
        hand_out = std::move(*opened);
    }
    std::string lend(std::size_t max)
    {
        std::vector<Loan> loans;
        for (const Pick& pick : hand_out->next(max)) {
            REQUIRE(hand_out->read(pick));
            loans.push_back({pick, {"a@b.example"}});
        }
        const auto lease = hand_out->lease(loans, seconds(900));
        REQUIRE(lease);
        return lease->token;
    }
    void settle(const std::string& token, const SpoolId& id, OutcomeKind kind)
    {
        REQUIRE(hand_out->settle(token, {{id, kind, {}, "why", seconds(300)}}));
    }

    test::TemporaryDirectory directory;
    test::ManualClock clock;
    std::unique_ptr<DirectoryIntake> intake;
    std::unique_ptr<DirectoryHandOut> hand_out;
};

std::string states_of(DirectoryHandOut& hand_out)
{
    const Census census = hand_out.census();
    const auto kept = hand_out.count_kept();
    REQUIRE(kept);
    std::string text;
    for (const std::size_t number : {census.waiting, census.leased, census.deferred, kept->held,
                                     kept->failed, kept->corrupt, census.leases})
        text += std::to_string(number) + " ";
    return text;
}

}  // namespace

TEST_SUITE("common/spool/census")
{
    TEST_CASE("each mail is in one state, and goes from one to the next")
    {
        Spool spool;
        std::vector<SpoolId> ids;
        for (int i = 0; i < 6; ++i) ids.push_back(spool.commit());
        spool.open();
        CHECK(states_of(*spool.hand_out) == "6 0 0 0 0 0 0 ");
        const std::string token = spool.lend(5);
        CHECK(states_of(*spool.hand_out) == "1 5 0 0 0 0 1 ");
        spool.settle(token, ids[0], OutcomeKind::delivered);
        CHECK(states_of(*spool.hand_out) == "1 4 0 0 0 0 1 ");
        spool.settle(token, ids[1], OutcomeKind::deferred);
        CHECK(states_of(*spool.hand_out) == "1 3 1 0 0 0 1 ");
        spool.settle(token, ids[2], OutcomeKind::failed);
        CHECK(states_of(*spool.hand_out) == "1 2 1 0 1 0 1 ");
        spool.settle(token, ids[3], OutcomeKind::held);
        CHECK(states_of(*spool.hand_out) == "1 1 1 1 1 0 1 ");
        const auto picks = spool.hand_out->next(1);
        CHECK(states_of(*spool.hand_out) == "1 1 1 1 1 0 1 ");  // picked: still waiting
        REQUIRE(spool.hand_out->quarantine(picks.at(0), "damaged"));
        CHECK(states_of(*spool.hand_out) == "0 1 1 1 1 1 1 ");
        spool.clock.advance(seconds(300));
        CHECK(states_of(*spool.hand_out) == "1 1 0 1 1 1 1 ");
        spool.clock.advance(seconds(600));
        CHECK(states_of(*spool.hand_out) == "2 0 0 1 1 1 0 ");  // the lease is over
    }

    TEST_CASE("the same states after a restart")
    {
        Spool spool;
        const SpoolId a = spool.commit(), b = spool.commit();
        spool.commit();
        spool.open();
        const std::string token = spool.lend(2);
        spool.settle(token, a, OutcomeKind::deferred);
        spool.open();
        CHECK(states_of(*spool.hand_out) == "1 1 1 0 0 0 1 ");
        spool.settle(token, b, OutcomeKind::delivered);
        CHECK(states_of(*spool.hand_out) == "1 0 1 0 0 0 0 ");
    }

    TEST_CASE(
        "the oldest counts since it came, or since its next try was due; lent mail does not wait")
    {
        Spool spool;
        spool.open();
        CHECK_FALSE(spool.hand_out->census().oldest_age);
        const SpoolId first = spool.commit();
        REQUIRE(spool.hand_out->look_again());
        spool.clock.advance(seconds(7200));
        CHECK(spool.hand_out->census().oldest_age == milliseconds(7'200'000));
        const std::string token = spool.lend(1);
        CHECK_FALSE(spool.hand_out->census().oldest_age);
        spool.settle(token, first, OutcomeKind::deferred);
        CHECK_FALSE(spool.hand_out->census().oldest_age);
        spool.clock.advance(seconds(310));
        CHECK(spool.hand_out->census().oldest_age == milliseconds(10'000));
    }

    TEST_CASE("what came since the start is counted once, and what was released is not new")
    {
        Spool spool;
        spool.commit();
        spool.open(true);
        CHECK(spool.hand_out->census().arrived == 0);
        spool.commit();
        REQUIRE(spool.hand_out->look_again());
        REQUIRE(spool.hand_out->look_again());
        CHECK(spool.hand_out->census().arrived == 1);
        const auto pick = spool.hand_out->next(1).at(0);
        REQUIRE(spool.hand_out->hold(pick, "looks odd"));
        const auto kept = spool.hand_out->kept();
        REQUIRE(kept);
        REQUIRE(spool.hand_out->release_kept(kept->at(0), false));
        CHECK(states_of(*spool.hand_out) == "2 0 0 0 0 0 0 ");
        CHECK(spool.hand_out->census().arrived == 1);
    }
}
