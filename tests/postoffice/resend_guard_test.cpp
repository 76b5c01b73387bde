#include "postoffice/resend_guard.h"

#include <doctest/doctest.h>

#include "tests/support/manual_clock.h"

using namespace postoffice;
using Kind = ResendGuard::Verdict::Kind;

namespace
{

const mail::SpoolId kFirst = *mail::SpoolId::parse("018f0000000070008000000000000001");
const mail::SpoolId kSecond = *mail::SpoolId::parse("018f0000000070008000000000000002");

struct Fixture {
    mail::test::ManualClock clock;
    ResendGuard guard{clock};
};

}  // namespace

TEST_SUITE("postoffice/resend_guard")
{
    TEST_CASE_FIXTURE(
        Fixture,
        "a mail whose 250 was not confirmed answers its resend with the first id (RFC 1047)")
    {
        const auto first = guard.begin("d", 1);
        REQUIRE(first.kind == Kind::store);
        guard.stored(first.ticket, kFirst);

        const auto again = guard.begin("d", 2);
        CHECK(again.kind == Kind::answer);
        CHECK(again.id == kFirst);

        SUBCASE("and a third time")
        {
            CHECK(guard.begin("d", 3).kind == Kind::answer);
        }
        SUBCASE("until the client of the resend has heard it")
        {
            guard.confirm(again.ticket);
            CHECK(guard.begin("d", 3).kind == Kind::store);
        }
        SUBCASE("but another mail is another mail")
        {
            CHECK(guard.begin("e", 2).kind == Kind::store);
        }
    }

    TEST_CASE_FIXTURE(Fixture, "equal mails after a confirmed 250 are two mails")
    {
        const auto first = guard.begin("d", 1);
        guard.stored(first.ticket, kFirst);
        guard.confirm(first.ticket);
        CHECK(guard.begin("d", 2).kind == Kind::store);
        CHECK(guard.size() == 1);
    }

    TEST_CASE_FIXTURE(
        Fixture, "equal mails of one connection are two mails: a lost 250 means a lost connection")
    {
        const auto first = guard.begin("d", 1);
        guard.stored(first.ticket, kFirst);
        const auto second = guard.begin("d", 1);
        CHECK(second.kind == Kind::store);
        guard.stored(second.ticket, kSecond);
        CHECK(guard.begin("d", 2).kind == Kind::answer);
    }

    TEST_CASE_FIXTURE(Fixture, "15 minutes, and not longer")
    {
        const auto first = guard.begin("d", 1);
        clock.advance(std::chrono::seconds(3));
        guard.stored(first.ticket, kFirst);
        clock.advance(std::chrono::minutes(15));
        CHECK(guard.begin("d", 2).kind == Kind::answer);
        clock.advance(std::chrono::milliseconds(1));
        CHECK(guard.begin("d", 2).kind == Kind::store);
        CHECK(guard.size() == 1);
    }

    TEST_CASE_FIXTURE(
        Fixture,
        "while the first is being stored the second is stored too; after 5 s it is put off")
    {
        const auto first = guard.begin("d", 1);
        CHECK(guard.begin("d", 2).kind == Kind::store);
        clock.advance(std::chrono::seconds(5));
        CHECK(guard.begin("d", 3).kind == Kind::store);
        clock.advance(std::chrono::milliseconds(1));
        CHECK(guard.begin("d", 4).kind == Kind::busy);
        guard.stored(first.ticket, kFirst);
        CHECK(guard.begin("d", 5).kind == Kind::answer);
    }

    TEST_CASE_FIXTURE(Fixture, "a mail that could not be stored leaves nothing behind")
    {
        guard.failed(guard.begin("d", 1).ticket);
        CHECK(guard.size() == 0);
        CHECK(guard.begin("d", 2).kind == Kind::store);
    }

    TEST_CASE("bounded: the oldest goes when it is full, and its late words are harmless")
    {
        mail::test::ManualClock clock;
        ResendGuard guard(clock, 3);
        const auto first = guard.begin("1", 1);
        for (const char* digest : {"2", "3", "4", "5"})
            guard.stored(guard.begin(digest, 1).ticket, kFirst);
        CHECK(guard.size() == 3);
        guard.stored(first.ticket, kFirst);
        guard.confirm(first.ticket);
        CHECK(guard.begin("1", 2).kind == Kind::store);
        CHECK(guard.begin("5", 2).kind == Kind::answer);
    }

    TEST_CASE(
        "the digest covers sender, recipients, their order and bounds, SMTPUTF8 and the content")
    {
        const mail::Message message{{"a@b", {"c@d", "e@f"}, false}, "x"};
        const std::string digest = digest_of(message);
        CHECK(digest.size() == 64);
        CHECK(digest_of(message) == digest);
        const mail::Message others[] = {
            {{"a@c", {"c@d", "e@f"}, false}, "x"}, {{"a@b", {"e@f", "c@d"}, false}, "x"},
            {{"a@b", {"c@d"}, false}, "x"},        {{"a@b", {"c@d", "e@f"}, true}, "x"},
            {{"a@b", {"c@d", "e@f"}, false}, "y"}, {{"a@b", {"c@d3:e@f"}, false}, "x"},
        };
        for (const mail::Message& other : others) CHECK(digest_of(other) != digest);
    }
}
