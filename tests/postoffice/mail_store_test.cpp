#include "postoffice/mail_store.h"

#include <doctest/doctest.h>

#include <new>
#include <vector>

#include "tests/support/manual_clock.h"

using namespace postoffice;

namespace
{

class FakeIntake final : public mail::Intake
{
public:
    mail::Result<mail::SpoolId> commit(mail::Message message) override
    {
        if (is_throwing) throw std::bad_alloc();
        if (is_broken) return mail::Error{mail::ErrorKind::temporary, "sync", 5};
        stored.push_back(std::move(message));
        return mail::SpoolId::generate(mail::WallTime(std::chrono::seconds(stored.size())));
    }
    bool has_room() override { return true; }

    std::vector<mail::Message> stored;
    bool is_broken = false;
    bool is_throwing = false;
};

IncomingMail some_mail(std::string_view text = "Subject: x\r\n\r\n")
{
    IncomingMail mail{{"a@b.example", {"c@d.example"}, false}, {}};
    mail.content.append(text);
    return mail;
}

struct Fixture {
    FakeIntake intake;
    mail::test::ManualClock clock;
    MailStore store{intake, clock};
};

}  // namespace

TEST_SUITE("postoffice/mail_store")
{
    TEST_CASE_FIXTURE(Fixture,
                      "a mail is committed whole, and a resend of an unconfirmed one gets the "
                      "first id (RFC 1047)")
    {
        const auto first = store.store(some_mail(), 1);
        REQUIRE(first.result);
        CHECK(intake.stored.at(0).content == "Subject: x\r\n\r\n");
        const auto again = store.store(some_mail(), 2);
        REQUIRE(again.result);
        CHECK(*again.result == *first.result);
        CHECK(intake.stored.size() == 1);
        store.confirm(again.ticket);
        CHECK(*store.store(some_mail(), 3).result != *first.result);
        CHECK(intake.stored.size() == 2);
    }

    TEST_CASE_FIXTURE(Fixture, "a mail that the spool did not take is not remembered as stored")
    {
        intake.is_broken = true;
        CHECK_FALSE(store.store(some_mail(), 1).result);
        intake.is_broken = false;
        CHECK(store.store(some_mail(), 2).result);
        CHECK(intake.stored.size() == 1);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "mails that are stored together have their own outcomes, in their order")
    {
        const auto known = store.store(some_mail("first"), 1);
        std::vector<MailStore::Arrival> arrivals;
        arrivals.push_back({some_mail("second"), 2});
        arrivals.push_back({some_mail("first"), 3});
        arrivals.push_back({some_mail("third"), 4});
        const auto outcomes = store.store_all(std::move(arrivals));
        REQUIRE(outcomes.size() == 3);
        REQUIRE(intake.stored.size() == 3);
        CHECK(intake.stored[1].content == "second");
        CHECK(intake.stored[2].content == "third");
        CHECK(*outcomes[1].result == *known.result);  // a resend
        CHECK(*outcomes[0].result != *outcomes[2].result);
        CHECK(outcomes[0].ticket != outcomes[2].ticket);
    }

    TEST_CASE_FIXTURE(Fixture, "mails that fail together may all come again")
    {
        const auto arrivals = [] {
            std::vector<MailStore::Arrival> two;
            two.push_back({some_mail("first"), 1});
            two.push_back({some_mail("second"), 2});
            return two;
        };
        intake.is_throwing = true;
        for (const auto& outcome : store.store_all(arrivals())) CHECK_FALSE(outcome.result);
        intake.is_throwing = false;
        for (const auto& outcome : store.store_all(arrivals())) CHECK(outcome.result);
    }
}
