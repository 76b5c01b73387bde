#include "postmaster/batch.h"

#include <doctest/doctest.h>

#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/postmaster/gate_rules.h"
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
    Gate gate{test::rules_of(test::settings_with({"web1.internal"}))};
};

/// Fails at some mails, by what their content begins with.
class FailingGate : public Gate
{
public:
    FailingGate() : Gate(test::no_rules()) {}

    Judgement judge(const mail::Pick& pick, mail::Record record) override
    {
        if (record.content.starts_with("Subject: bug"))
            throw std::out_of_range("a mistake of ours");
        if (record.content.starts_with("Subject: large")) throw std::bad_alloc();
        return Gate::judge(pick, std::move(record));
    }
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
        Batch batch(spool, gate, RecordForm::ours, {});
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
        Batch batch(spool, gate, RecordForm::ours, {});
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
        Batch batch(spool, gate, RecordForm::ours, {50, 1'000'000});
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
            Batch batch(spool, gate, RecordForm::ours, {});
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
            Batch batch(spool, gate, RecordForm::ours, {50, 1'500}, R"({"messages":[)");
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
        Batch batch(spool, gate, RecordForm::ours, {50, 1'000});
        batch.fill();
        CHECK(batch.entries().size() == 1);
        CHECK(records(batch)[0]["data"].get<std::string>().size() > 100'000);
    }

    TEST_CASE_FIXTURE(Fixture, "what cannot fit beside a large mail is not read, and waits")
    {
        spool.add(mail_of(2000));
        const SpoolId next = spool.add(mail_of(1));
        spool.fail_reads(next, ErrorKind::corrupt);  // so that a look at it would show
        {
            Batch batch(spool, gate, RecordForm::ours, {50, 1000});
            batch.fill();
            CHECK(batch.entries().size() == 1);
        }
        CHECK(spool.corrupt.empty());
        CHECK(spool.waits(next));
    }

    TEST_CASE_FIXTURE(Fixture, "only recipients that may be lent now are in a record")
    {
        const SpoolId id = spool.add(mail_of(1), {"ann@example.org", "bob@example.org"});
        const auto lease =
            spool.lease({{spool.next(1)[0], {"ann@example.org"}}}, std::chrono::seconds(60));
        REQUIRE(lease);
        Batch batch(spool, gate, RecordForm::ours, {});
        batch.fill();
        CHECK(records(batch)[0]["rcpt_tos"] == json{"bob@example.org"});
        CHECK(batch.entries()[0].loan.pick.id == id);
    }

    TEST_CASE_FIXTURE(Fixture, "what nobody lends waits again when the batch goes")
    {
        const SpoolId id = spool.add(mail_of(1));
        {
            Batch batch(spool, gate, RecordForm::ours, {});
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
        Batch batch(spool, gate, RecordForm::original, {});
        batch.fill();
        CHECK(batch.json().starts_with(
            R"({"mail_from":"web@app.example","rcpt_tos":["ann@example.org"],"subject":"hi","body":"b)"));
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

    TEST_CASE_FIXTURE(Fixture, "a mail that shows the origin goes to held/ and the others go on")
    {
        for (const RecordForm form : {RecordForm::ours, RecordForm::original}) {
            const SpoolId first = spool.add(mail_of(1));
            const SpoolId leaking = spool.add("Subject: hi\r\n\r\nhttp://web1.internal/x\r\n");
            const SpoolId last = spool.add(mail_of(1));
            Batch batch(spool, gate, form, {});
            batch.fill();
            CHECK(batch.entries().size() == 2);
            CHECK(batch.json().find("web1.internal") == std::string::npos);
            CHECK(spool.held[leaking].find("web1.internal") != std::string::npos);
            CHECK(spool.is_set_aside(first));
            CHECK(spool.is_set_aside(last));
            batch.keep_all();
        }
        CHECK(gate.held()[static_cast<std::size_t>(HeldFor::text)] == 2);
    }

    TEST_CASE_FIXTURE(Fixture, "a mail at which the gate fails is held, and the others go on")
    {
        const SpoolId bad = spool.add(mail_of(1, "Subject: bug\r\n"));
        const SpoolId good = spool.add(mail_of(1));
        FailingGate failing;
        Batch batch(spool, failing, RecordForm::ours, {50, 1'000'000}, "[");
        batch.fill();
        CHECK(spool.held[bad] == "could not be judged: a mistake of ours");
        REQUIRE(batch.entries().size() == 1);
        CHECK(batch.entries()[0].loan.pick.id == good);
        CHECK(json::parse(batch.json() + "]").size() == 1);
        CHECK(failing.held()[static_cast<std::size_t>(HeldFor::unknown)] == 1);
    }

    TEST_CASE_FIXTURE(Fixture, "a mail for which memory is short waits, and the others go on")
    {
        const SpoolId large = spool.add(mail_of(1, "Subject: large\r\n"));
        const SpoolId good = spool.add(mail_of(1));
        FailingGate failing;
        {
            Batch batch(spool, failing, RecordForm::ours, {});
            batch.fill();
            CHECK(batch.met_trouble());
            REQUIRE(batch.entries().size() == 1);
            CHECK(batch.entries()[0].loan.pick.id == good);
            batch.keep_all();
        }
        CHECK(spool.held.empty());
        CHECK(spool.waits(large));
        CHECK_FALSE(spool.waits(good));
    }

    TEST_CASE_FIXTURE(Fixture, "a mail that cannot be moved to held/ waits, and is never lent")
    {
        const SpoolId leaking = spool.add("Subject: hi\r\n\r\nhttp://web1.internal/x\r\n");
        spool.fail_writes(true);
        {
            Batch batch(spool, gate, RecordForm::ours, {});
            batch.fill();
            CHECK(batch.is_empty());
            CHECK(batch.met_trouble());
        }
        CHECK(spool.waits(leaking));
        CHECK(gate.held() == HeldCounts{});
    }

    TEST_CASE_FIXTURE(Fixture,
                      "the subject in a record is the scrubbed header's, not the stored one")
    {
        spool.add(mail_of(1, "X-Note: no subject at all\r\n"));
        spool.add(mail_of(1, "Subject: =?utf-8?q?b=C3=B6?=\r\n"));
        Batch batch(spool, gate, RecordForm::ours, {});
        batch.fill();
        CHECK(records(batch)[0]["subject"] == "");
        CHECK(records(batch)[1]["subject"] == "b\xc3\xb6");
    }

    TEST_CASE_FIXTURE(Fixture,
                      "after many held mails a batch stops, so that nobody waits for all of them")
    {
        for (std::size_t i = 0; i < Batch::kMostHeld + 50; ++i)
            spool.add("Subject: web1.internal\r\n\r\nx\r\n");
        spool.add(mail_of(1));
        Batch batch(spool, gate, RecordForm::ours, {});
        batch.fill();
        CHECK(batch.is_empty());
        CHECK(batch.stopped_early());
        CHECK(spool.held.size() >= Batch::kMostHeld);
    }
}
