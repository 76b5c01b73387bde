#include "postman/local_postmaster.h"

#include <doctest/doctest.h>

#include "common/spool/directory_hand_out.h"
#include "common/spool/directory_intake.h"
#include "postman/noted_leases.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

using postman::LocalPostmaster;
using postman::NotedLeases;

namespace
{

struct Fixture {
    mail::test::TemporaryDirectory directory;
    mail::test::ManualClock clock;
    std::unique_ptr<mail::DirectoryHandOut> hand_out;

    Fixture()
    {
        auto intake = mail::DirectoryIntake::open(
            {.root = directory.path(), .min_free_bytes = 1, .unsafe_spool = true});
        REQUIRE(intake);
        mail::Message message;
        message.envelope = {"web@app.example", {"ann@example.org", "bob@example.org"}, false};
        message.content = "Subject: x\r\n\r\nHello\r\n";
        REQUIRE((*intake)->commit(message));
        auto opened = mail::DirectoryHandOut::open({.root = directory.path(), .unsafe_spool = true},
                                                   mail::system_files(), clock);
        REQUIRE(opened);
        hand_out = std::move(*opened);
    }
};

}  // namespace

TEST_SUITE("postman/local_postmaster")
{
    TEST_CASE(
        "what lies in the spool is lent once, settled per recipient, and gone when all are done")
    {
        Fixture f;
        LocalPostmaster postmaster("local", *f.hand_out);
        const auto batch = postmaster.lease(50, std::chrono::seconds(0), {});
        REQUIRE(batch);
        REQUIRE(batch->mails.size() == 1);
        CHECK(batch->mails[0].bytes == std::string("Subject: x\r\n\r\nHello\r\n").size());
        CHECK(postmaster.lease(50, std::chrono::seconds(0), {})->mails.empty());
        const auto record = batch->mails[0].read();
        REQUIRE(record);
        CHECK(record->content == "Subject: x\r\n\r\nHello\r\n");

        REQUIRE(postmaster.report(batch->lease, {{.id = record->id,
                                                  .kind = mail::OutcomeKind::delivered,
                                                  .recipients = {"ann@example.org"}}}));
        REQUIRE(postmaster.report(batch->lease, {{.id = record->id,
                                                  .recipients = {"bob@example.org"},
                                                  .retry_after = std::chrono::seconds(60)}}));
        CHECK(postmaster.lease(50, std::chrono::seconds(0), {})->mails.empty());
        f.clock.advance(std::chrono::seconds(61));
        const auto again = postmaster.lease(50, std::chrono::seconds(0), {});
        REQUIRE(again);
        REQUIRE(again->mails.size() == 1);
        CHECK(again->mails[0].read()->envelope.recipients ==
              std::vector<std::string>{"bob@example.org"});
        CHECK(postmaster.renew(again->lease));
        REQUIRE(postmaster.release(again->lease));
        CHECK(postmaster.lease(50, std::chrono::seconds(0), {})->mails.size() == 1);
    }

    TEST_CASE("what a run that died had leased is lent again at once")
    {
        Fixture f;
        const std::string note = f.directory.path() + "/lease";
        {
            LocalPostmaster local("local", *f.hand_out);
            NotedLeases dead(local, note, mail::system_files());
            REQUIRE(dead.lease(50, std::chrono::seconds(0), {})->mails.size() == 1);
        }
        LocalPostmaster local("local", *f.hand_out);
        NotedLeases next(local, note, mail::system_files());
        CHECK(next.lease(50, std::chrono::seconds(0), {})->mails.size() == 1);
        CHECK(next.lease(50, std::chrono::seconds(0), {})->mails.empty());
        CHECK_FALSE(mail::system_files().status(note));
    }
}
