/// What lies on the shelves, and what an operator does with it: on a disk that forgets whatever was
/// not synced, with the power cut before every step.
#include <doctest/doctest.h>

#include "tests/support/spool_desk.h"

using namespace mail;
using namespace mail::test;
using Desk = SpoolDesk;

TEST_SUITE("common/spool/kept_mails")
{
    TEST_CASE("each shelf tells what lies there, why and since when, the longest there first")
    {
        Desk desk;
        const SpoolId a = desk.commit(), b = desk.commit(), c = desk.commit();
        desk.open();
        const auto picks = desk.hand_out->next(50);
        REQUIRE(desk.hand_out->quarantine(picks[2], "does not parse"));
        const WallTime first = desk.clock.wall();
        desk.clock.advance(seconds(60));
        REQUIRE(desk.hand_out->hold(picks[0], "web1 in Subject"));
        desk.clock.advance(seconds(60));
        REQUIRE(desk.hand_out->bury(picks[1], "too old"));
        for (const bool restarted : {false, true}) {
            CAPTURE(restarted);
            if (restarted) desk.restart();
            const auto kept = desk.hand_out->kept();
            REQUIRE(kept);
            REQUIRE(kept->size() == 3);
            CHECK(kept->at(0).id == c);
            CHECK(kept->at(0).shelf == Shelf::corrupt);
            CHECK(kept->at(0).reason == "does not parse");
            CHECK(std::chrono::floor<seconds>(kept->at(0).since) ==
                  std::chrono::floor<seconds>(first));
            CHECK(kept->at(1).id == a);
            CHECK(kept->at(1).shelf == Shelf::held);
            CHECK(kept->at(1).reason == "web1 in Subject");
            CHECK(kept->at(2).id == b);
            CHECK(kept->at(2).shelf == Shelf::failed);
            CHECK(desk.hand_out->read_kept(kept->at(1))->envelope.reverse_path == "s@x.example");
        }
    }

    TEST_CASE("what the courier held tells who was delivered, who was held, and his words")
    {
        Desk desk;
        desk.partly_held();
        desk.restart();
        const KeptMail kept = desk.only_kept();
        CHECK(kept.reason == "ask first");
        CHECK(kept.since != WallTime{});
        REQUIRE(kept.recipients.size() == 2);
        CHECK(kept.recipients[0].status == RecipientStatus::delivered);
        CHECK(kept.recipients[1].status == RecipientStatus::held);
    }

    TEST_CASE("a released mail waits again at once, for all, through the gate or as it is")
    {
        for (const bool as_is : {false, true}) {
            CAPTURE(as_is);
            Desk desk;
            const SpoolId id = desk.held_by_gate();
            REQUIRE(desk.hand_out->release_kept(desk.only_kept(), as_is));
            CHECK(desk.is_in("messages", id));
            CHECK(desk.places(id) == 1);
            CHECK(desk.hand_out->kept()->empty());
            desk.restart();
            desk.lend();
            REQUIRE(desk.lent.size() == 1);
            CHECK(desk.lent[0].pick.as_is == as_is);
            CHECK(desk.lent[0].recipients == Strings{"r1@d.example", "r2@d.example"});
        }
    }

    TEST_CASE("as it is lasts over leases that end, and until the mail is held again")
    {
        Desk desk;
        desk.held_by_gate();
        REQUIRE(desk.hand_out->release_kept(desk.only_kept(), true));
        desk.lend();
        desk.clock.advance(seconds(900));
        const auto picks = desk.hand_out->next(50);
        REQUIRE(picks.size() == 1);
        CHECK(picks[0].as_is);
        REQUIRE(desk.hand_out->hold(picks[0], "goes in circles"));
        REQUIRE(desk.hand_out->release_kept(desk.only_kept(), false));
        CHECK_FALSE(desk.hand_out->next(50).front().as_is);
    }

    TEST_CASE("a release takes up only those that were held, in held/ and in failed/")
    {
        for (const bool third : {false, true}) {
            CAPTURE(third);
            Desk desk;
            const SpoolId id = desk.partly_held(third);
            desk.restart();
            CHECK(desk.only_kept().shelf == (third ? Shelf::failed : Shelf::held));
            REQUIRE(desk.hand_out->release_kept(desk.only_kept(), true));
            desk.restart();
            const Lease lease = desk.lend();
            REQUIRE(desk.lent.size() == 1);
            CHECK(desk.lent[0].recipients == Strings{"r2@d.example"});
            REQUIRE(desk.hand_out->settle(lease.token, {{id, OutcomeKind::delivered, {}, ""}}));
            CHECK(desk.places(id) == (third ? 1 : 0));  // r3 is still a dead letter
            if (third) CHECK(desk.is_in("failed", id));
        }
    }

    TEST_CASE("a record of the original is held, told, released and dropped like ours")
    {
        Desk desk;
        desk.commit();  // makes the directories
        const SpoolId id = desk.commit_original();
        desk.open();
        for (const Pick& pick : desk.hand_out->next(50))
            if (pick.of_original) REQUIRE(desk.hand_out->hold(pick, "why"));
        const KeptMail kept = desk.only_kept();
        CHECK(kept.of_original);
        CHECK(desk.hand_out->read_kept(kept)->content == "x\r\n");
        REQUIRE(desk.hand_out->release_kept(kept, true));
        CHECK(desk.is_in("messages", id, ""));
        const auto again = desk.hand_out->next(50);
        REQUIRE(again.size() == 1);
        CHECK(again[0].as_is);
        REQUIRE(desk.hand_out->hold(again[0], "why"));
        REQUIRE(desk.hand_out->drop_kept(desk.only_kept()));
        CHECK_FALSE(desk.is_in("held", id, ""));
        desk.restart();
        CHECK(desk.hand_out->kept()->empty());
    }

    TEST_CASE("what is gone, waits already, failed or is corrupt is not released")
    {
        Desk desk;
        const SpoolId id = desk.held_by_gate();
        const KeptMail kept = desk.only_kept();
        REQUIRE(desk.hand_out->release_kept(kept, false));
        CHECK(desk.hand_out->release_kept(kept, false).error().kind == ErrorKind::missing);
        CHECK(desk.hand_out->drop_kept(kept).error().kind == ErrorKind::missing);
        REQUIRE(desk.hand_out->bury(desk.hand_out->next(1).front(), "too old"));
        CHECK(desk.hand_out->release_kept(desk.only_kept(), true).error().kind ==
              ErrorKind::refused);
        CHECK(desk.is_in("failed", id));
        REQUIRE(desk.hand_out->drop_kept(desk.only_kept()));
        CHECK(desk.places(id) == 0);

        desk.commit();
        desk.open();
        REQUIRE(desk.hand_out->quarantine(desk.hand_out->next(1).front(), "does not parse"));
        CHECK(desk.hand_out->release_kept(desk.only_kept(), true).error().kind ==
              ErrorKind::refused);
        CHECK(desk.hand_out->drop_kept(desk.only_kept()).error().kind == ErrorKind::refused);
    }

    TEST_CASE("a mail that waits and has a copy in held/ stays as it is lent")
    {
        Desk desk;
        const SpoolId id = desk.commit();
        desk.open();
        const Lease lease = desk.lend();
        const auto record =
            desk.files.read_all(desk.directory.path() + "/messages/" + id.hex() + ".json", 1 << 20);
        auto copy =
            desk.files.create_exclusive(desk.directory.path() + "/held/" + id.hex() + ".json");
        REQUIRE((*copy)->write_all(*record));
        const KeptMail kept = desk.only_kept();
        CHECK(desk.hand_out->release_kept(kept, true).error().kind == ErrorKind::conflict);
        CHECK(desk.hand_out->drop_kept(kept).error().kind == ErrorKind::conflict);
        CHECK(desk.hand_out->settle(lease.token, {{id, OutcomeKind::delivered, {}, ""}})->settled ==
              std::vector{id});
    }

    TEST_CASE("an end before any step of a release: on the shelf with its reason, or waiting; once")
    {
        for (const End end : kEnds) {
            for (const int failed : {0, 1, 2}) {  // 0: held by the gate; 2: one recipient failed
                bool lasted = false;
                for (int steps = 0; !lasted; ++steps) {
                    CAPTURE(static_cast<int>(end));
                    CAPTURE(failed);
                    CAPTURE(steps);
                    REQUIRE(steps < kMoreStepsThanAnyCall);
                    Desk desk;
                    const SpoolId id =
                        failed == 0 ? desk.held_by_gate() : desk.partly_held(failed == 2);
                    const KeptMail kept = desk.only_kept();
                    lasted = desk.lasts(steps, end, [&] {
                        const auto released = desk.hand_out->release_kept(kept, true);
                        REQUIRE(released);
                    });
                    CHECK(desk.places(id) >= 1);  // between two directory syncs it may be in both
                    if (lasted) CHECK(desk.is_in("messages", id));
                    desk.open();
                    CHECK(desk.places(id) == 1);
                    if (!desk.is_in("messages", id)) {
                        CHECK(desk.only_kept().reason ==
                              (failed != 0 ? "ask first" : "web1.internal in Subject"));
                        REQUIRE(desk.hand_out->release_kept(desk.only_kept(), true));
                    }
                    // As it was told: who failed stays failed, and the gate lets it through.
                    desk.lend();
                    REQUIRE(desk.lent.size() == 1);
                    CHECK(desk.lent[0].pick.as_is);
                    CHECK(desk.lent[0].recipients.back() == "r2@d.example");
                    CHECK(desk.lent[0].recipients.size() == (failed != 0 ? 1 : 2));
                }
            }
        }
    }

    TEST_CASE(
        "an end before any step of a drop: the mail is there with its reason, or gone for good")
    {
        for (const End end : kEnds) {
            bool lasted = false;
            for (int steps = 0; !lasted; ++steps) {
                CAPTURE(static_cast<int>(end));
                CAPTURE(steps);
                REQUIRE(steps < kMoreStepsThanAnyCall);
                Desk desk;
                const SpoolId id = desk.held_by_gate();
                const KeptMail kept = desk.only_kept();
                lasted = desk.lasts(steps, end, [&] {
                    const auto dropped = desk.hand_out->drop_kept(kept);
                    REQUIRE(dropped);
                });
                desk.open();
                CHECK(desk.hand_out->next(50).empty());
                const bool is_there = desk.places(id) == 1;
                if (lasted) CHECK_FALSE(is_there);
                if (end == End::cut) CHECK(is_there == !lasted);
                if (is_there) CHECK(desk.only_kept().reason == "web1.internal in Subject");
            }
        }
    }
}
