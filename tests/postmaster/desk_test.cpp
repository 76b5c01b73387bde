#include "postmaster/desk.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/postmaster/gate_rules.h"
#include "tests/support/memory_hand_out.h"

using namespace postmaster;
using mail::ErrorKind;
using mail::Outcome;
using mail::OutcomeKind;
using mail::SpoolId;
using nlohmann::json;
using std::chrono::seconds;

namespace
{

const std::string kMail = "Subject: hi\r\n\r\nbody\r\n";

bool is_there()
{
    return true;
}
bool is_gone()
{
    return false;
}

struct Fixture {
    mail::test::ManualClock clock;
    mail::test::MemoryHandOut spool{clock};
    Gate gate{test::rules_of(test::settings_with({"web1.internal"}))};
    Desk desk{spool, gate, {50, 1'000'000}};

    ~Fixture() { CHECK(spool.strays == 0); }
    json lease(std::size_t max = 50)
    {
        const auto lent = desk.lease(max, seconds(900), is_there);
        REQUIRE(lent);
        return *lent ? json::parse(**lent) : json();
    }
};

}  // namespace

TEST_SUITE("postmaster/desk")
{
    TEST_CASE_FIXTURE(Fixture, "a lease names its token, its length and its end before the records")
    {
        const SpoolId id = spool.add(kMail);
        const auto lent = desk.lease(50, seconds(900), is_there);
        REQUIRE(lent);
        REQUIRE(*lent);
        CHECK((*lent)->starts_with(R"({"lease":")"));
        const json got = json::parse(**lent);
        CHECK(got["seconds"] == 900);
        CHECK(got["expires"] == mail::rfc3339(clock.wall() + seconds(900)));
        CHECK(got["lease"].get<std::string>().size() == 32);
        CHECK(got["messages"][0]["id"] == id.hex());
    }

    TEST_CASE_FIXTURE(Fixture,
                      "nothing that waits is nothing lent, and lent mail is not lent again")
    {
        CHECK(lease().is_null());
        spool.add(kMail);
        CHECK(lease()["messages"].size() == 1);
        CHECK(lease().is_null());
    }

    TEST_CASE_FIXTURE(Fixture, "a stop while a batch is made: an empty answer, and no trouble")
    {
        const SpoolId id = spool.add(kMail);
        const auto stops = [this] { return bool(spool.stop()); };
        const auto lent = desk.lease(50, seconds(900), stops);
        REQUIRE(lent);
        CHECK_FALSE(*lent);
        REQUIRE(spool.resume());
        const auto handed = desk.hand_over(stops);
        REQUIRE(handed);
        CHECK(*handed == "[]");
        CHECK(desk.is_healthy());
        CHECK(spool.waits(id));
        CHECK(spool.leases() == 0);
        CHECK(spool.handed.empty());
    }

    TEST_CASE_FIXTURE(Fixture, "`max` is cut to the batch and never exceeded")
    {
        for (int i = 0; i < 60; ++i) spool.add(kMail);
        CHECK(lease(7)["messages"].size() == 7);
        CHECK(lease(1'000'000)["messages"].size() == 50);
        CHECK(lease(1'000'000)["messages"].size() == 3);
    }

    TEST_CASE_FIXTURE(Fixture, "nothing is lent to a client that has gone")
    {
        const SpoolId id = spool.add(kMail);
        const auto lent = desk.lease(50, seconds(900), is_gone);
        REQUIRE(lent);
        CHECK_FALSE(*lent);
        CHECK(spool.waits(id));
        CHECK(spool.leases() == 0);
    }

    TEST_CASE_FIXTURE(
        Fixture,
        "a lease that cannot be written lends nothing, and the desk is not healthy until one can")
    {
        const SpoolId id = spool.add(kMail);
        spool.fail_writes(true);
        CHECK(desk.lease(50, seconds(900), is_there).error().kind == ErrorKind::temporary);
        CHECK(spool.waits(id));
        CHECK_FALSE(desk.is_healthy());
        spool.fail_writes(false);
        CHECK(lease()["messages"].size() == 1);
        CHECK(desk.is_healthy());
    }

    TEST_CASE_FIXTURE(Fixture, "mail that waits but cannot be read is trouble, not an empty spool")
    {
        spool.fail_reads(spool.add(kMail), ErrorKind::temporary);
        CHECK(desk.lease(50, seconds(900), is_there).error().kind == ErrorKind::temporary);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "outcomes are passed on with their token; a foreign token settles nothing")
    {
        const SpoolId id = spool.add(kMail);
        const std::string token = lease()["lease"];
        const Outcome delivered{id, OutcomeKind::delivered, {}, "", seconds(300)};
        CHECK(desk.settle(std::string(32, 'f'), {delivered})->unknown == std::vector<SpoolId>{id});
        CHECK(desk.settle(token, {delivered})->settled == std::vector<SpoolId>{id});
        CHECK(desk.settle(token, {delivered})->unknown == std::vector<SpoolId>{id});
    }

    TEST_CASE_FIXTURE(Fixture, "a lease that has ended can be neither renewed nor released")
    {
        spool.add(kMail);
        const std::string token = lease()["lease"];
        CHECK(desk.renew(token, seconds(60)));
        clock.advance(seconds(61));
        CHECK(desk.renew(token, seconds(60)).error().kind == ErrorKind::missing);
        CHECK(desk.release(token).error().kind == ErrorKind::missing);
        CHECK(lease()["messages"].size() == 1);
    }

    TEST_CASE_FIXTURE(
        Fixture,
        "the original's hand-out takes 50, moves them away first, and leaves lent mail alone")
    {
        CHECK(desk.hand_over(is_there).value() == "[]");
        spool.add(kMail);
        lease();
        for (int i = 0; i < 55; ++i) spool.add(kMail);
        CHECK(json::parse(desk.hand_over(is_there).value()).size() == 50);
        CHECK(spool.handed.size() == 50);
        CHECK(json::parse(desk.hand_over(is_there).value()).size() == 5);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "the original's hand-out leaves a mail that somebody has to get later")
    {
        const SpoolId id = spool.add(kMail, {"ann@example.org", "bob@example.org"});
        const std::string token = lease()["lease"];
        REQUIRE(desk.settle(token,
                            {{id, OutcomeKind::deferred, {"ann@example.org"}, "", seconds(0)},
                             {id, OutcomeKind::deferred, {"bob@example.org"}, "", seconds(60)}}));
        CHECK(desk.hand_over(is_there).value() == "[]");
        CHECK(spool.waits(id));
        clock.advance(seconds(61));
        CHECK(json::parse(desk.hand_over(is_there).value())[0]["rcpt_tos"].size() == 2);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "the original's hand-out answers nothing that was not moved away, and moves "
                      "nothing for nobody")
    {
        const SpoolId id = spool.add(kMail);
        CHECK(desk.hand_over(is_gone).value() == "[]");
        CHECK(spool.waits(id));
        spool.fail_writes(true);
        CHECK(desk.hand_over(is_there).error().kind == ErrorKind::temporary);
        CHECK(spool.waits(id));
        CHECK(spool.handed.empty());
    }

    TEST_CASE_FIXTURE(Fixture, "a clean mail behind a long row that is held is lent all the same")
    {
        for (int i = 0; i < 450; ++i) spool.add("Subject: web1.internal\r\n\r\nx\r\n");
        const SpoolId clean = spool.add(kMail);
        CHECK(lease()["messages"][0]["id"] == clean.hex());
        CHECK(spool.held.size() == 450);
        CHECK(desk.held()[static_cast<std::size_t>(HeldFor::header)] == 450);
    }

    TEST_CASE_FIXTURE(Fixture, "while hand-out is stopped nothing is lent or handed over")
    {
        spool.add(kMail);
        REQUIRE(spool.stop());
        CHECK(lease().is_null());
        CHECK(*desk.hand_over(is_there) == "[]");
        REQUIRE(spool.resume());
        CHECK(lease()["messages"].size() == 1);
    }
}
