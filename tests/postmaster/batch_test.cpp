#include "postmaster/batch.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/memory_hand_out.h"

using namespace postmaster;
using mail::ErrorKind;
using mail::SpoolId;
using nlohmann::json;

namespace
{

struct Fixture {
    mail::test::ManualClock clock;
    mail::test::MemoryHandOut spool{clock};
    mail::privacy::ScrubRules rules;
};

json records(Batch& batch)
{
    return json::parse("[" + batch.json() + "]");
}

std::string mail_of(std::size_t size, const std::string& headers = "Subject: hi\r\n")
{
    return headers + "\r\n" + std::string(size, 'x') + "\r\n";
}

}  // namespace

TEST_SUITE("postmaster/batch")
{
    TEST_CASE_FIXTURE(Fixture,
                      "records come oldest first, scrubbed, with the digest of the scrubbed bytes")
    {
        const SpoolId first =
            spool.add(mail_of(1, "Received: from web1 [10.0.0.1]\r\nSubject: one\r\n"));
        const SpoolId second = spool.add(mail_of(2));
        Batch batch(spool, rules, RecordForm::ours, {});
        batch.fill();
        const json got = records(batch);
        REQUIRE(got.size() == 2);
        CHECK(got[0]["id"] == first.hex());
        CHECK(got[1]["id"] == second.hex());
        CHECK(got[0]["data"] == mail_of(1, "Subject: one\r\n"));
        CHECK(got[0]["sha256"] == mail::sha256_hex(mail_of(1, "Subject: one\r\n")));
        CHECK(batch.entries()[0].removed == 1);
    }

    TEST_CASE_FIXTURE(Fixture, "a corrupt mail goes to corrupt/ and the others go on")
    {
        const SpoolId good = spool.add(mail_of(1));
        const SpoolId bad = spool.add(mail_of(1));
        const SpoolId last = spool.add(mail_of(1));
        spool.fail_reads(bad, ErrorKind::corrupt);
        Batch batch(spool, rules, RecordForm::ours, {});
        batch.fill();
        CHECK(batch.entries().size() == 2);
        CHECK(spool.corrupt.count(bad) == 1);
        CHECK(spool.is_set_aside(good));
        CHECK(spool.is_set_aside(last));
    }

    TEST_CASE_FIXTURE(Fixture, "50 corrupt mails do not hide the one behind them")
    {
        for (int i = 0; i < 50; ++i) spool.fail_reads(spool.add(mail_of(1)), ErrorKind::corrupt);
        const SpoolId good = spool.add(mail_of(1));
        Batch batch(spool, rules, RecordForm::ours, {50, 1'000'000});
        batch.fill();
        CHECK(spool.corrupt.size() == 50);
        REQUIRE(batch.entries().size() == 1);
        CHECK(batch.entries()[0].loan.pick.id == good);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "a mail that cannot be read now, or not moved to corrupt/, waits again")
    {
        const SpoolId unreadable = spool.add(mail_of(1));
        const SpoolId stuck = spool.add(mail_of(1));
        spool.fail_reads(unreadable, ErrorKind::temporary);
        spool.fail_reads(stuck, ErrorKind::corrupt);
        spool.fail_writes(true);
        {
            Batch batch(spool, rules, RecordForm::ours, {});
            batch.fill();
            CHECK(batch.is_empty());
            CHECK(batch.met_trouble());
        }
        CHECK(spool.waits(unreadable));
        CHECK(spool.waits(stuck));
    }

    TEST_CASE_FIXTURE(Fixture,
                      "an answer stays within its bytes, and what does not fit waits in its place")
    {
        const SpoolId first = spool.add(mail_of(400));
        const SpoolId second = spool.add(mail_of(400));
        const SpoolId third = spool.add(mail_of(400));
        {
            Batch batch(spool, rules, RecordForm::ours, {50, 1'500}, R"({"messages":[)");
            batch.fill();
            CHECK(batch.entries().size() == 2);
            CHECK(batch.json().size() <= 1'500 + 13);
            CHECK(json::parse(batch.json() + "]}")["messages"].size() == 2);
            batch.keep_all();
        }
        CHECK_FALSE(spool.waits(first));
        CHECK_FALSE(spool.waits(second));
        CHECK(spool.waits(third));
    }

    TEST_CASE_FIXTURE(Fixture, "one mail always fits, however large it is")
    {
        spool.add(mail_of(100'000));
        spool.add(mail_of(1));
        Batch batch(spool, rules, RecordForm::ours, {50, 1'000});
        batch.fill();
        CHECK(batch.entries().size() == 1);
        CHECK(records(batch)[0]["data"].get<std::string>().size() > 100'000);
    }

    TEST_CASE_FIXTURE(Fixture, "only recipients that may be lent now are in a record")
    {
        const SpoolId id = spool.add(mail_of(1), {"ann@example.org", "bob@example.org"});
        const auto lease =
            spool.lease({{spool.next(1)[0], {"ann@example.org"}}}, std::chrono::seconds(60));
        REQUIRE(lease);
        Batch batch(spool, rules, RecordForm::ours, {});
        batch.fill();
        CHECK(records(batch)[0]["rcpt_tos"] == json{"bob@example.org"});
        CHECK(batch.entries()[0].loan.pick.id == id);
    }

    TEST_CASE_FIXTURE(Fixture, "what nobody lends waits again when the batch goes")
    {
        const SpoolId id = spool.add(mail_of(1));
        {
            Batch batch(spool, rules, RecordForm::ours, {});
            batch.fill();
            CHECK_FALSE(spool.waits(id));
        }
        CHECK(spool.waits(id));
    }

    TEST_CASE_FIXTURE(Fixture,
                      "the original's form has its six members in its order; other bytes are "
                      "base64 with a word about it")
    {
        spool.add(
            "Subject: hi\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nb\xc3\xb6"
            "dy\r\n");
        spool.add(
            "Subject: hi\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nb\xf6"
            "dy\r\n");
        Batch batch(spool, rules, RecordForm::original, {});
        batch.fill();
        CHECK(batch.json().starts_with(
            R"({"mail_from":"web@app.example","rcpt_tos":["ann@example.org"],"subject":"A subject","body":"b)"));
        const json got = records(batch);
        CHECK(got[0].size() == 6);
        CHECK(
            got[0]["data"].get<std::string>().ends_with("b\xc3\xb6"
                                                        "dy\r\n"));
        CHECK(got[0]["timestamp"] == "2026-11-20T08:27:27.123456");
        CHECK(got[1]["data_encoding"] == "base64");
        CHECK(got[1]["body"].get<std::string>().find("b\xc3\xb6"
                                                     "dy") == 0);
    }
}
