#include <doctest/doctest.h>

#include <algorithm>

#include "postman/courier.h"
#include "postman/reports/failure_log.h"
#include "postman/reports/notice_mail.h"
#include "postman/reports/report_options.h"
#include "tests/postman/fakes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace std::chrono_literals;
using mail::OutcomeKind;
using mail::test::MemoryFiles;
using postman::FailedMail;
using postman::FailureEntry;
using postman::FailureLog;
using postman::may_report_to_sender;
using postman::test::FakeBackend;
using postman::test::FakePostmaster;
using postman::test::id_of;
using postman::test::record_of;

namespace
{

const postman::NoticeNames kNames{"mail.example.net", "Fri, 20 Nov 2026 08:27:27 +0000", "abc123"};

FailedMail mail_with(const std::string& header, const std::string& sender = "shop@app.example")
{
    return {id_of(1), sender, "From: shop@app.example\r\n" + header};
}

FailureEntry entry(const std::string& recipient, const std::string& id = "1")
{
    return {1795163247, id, "failed", recipient, "550 5.1.1 no such user", "<1@app.example>"};
}

struct Listener final : postman::FailureSink {
    void failed(const FailedMail& mail, const mail::Outcome& outcome) override
    {
        told.emplace_back(mail, outcome);
    }
    std::vector<std::pair<FailedMail, mail::Outcome>> told;
};

std::size_t count(const std::string& text, const std::string& part)
{
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
    return found;
}

}  // namespace

TEST_SUITE("postman/reports")
{
    TEST_CASE("a report goes to listed domains only, never to the null sender (RFC 3834 2)")
    {
        const std::vector<std::string> domains = {"app.example", "Other.Example"};
        CHECK(may_report_to_sender(mail_with("Subject: x\r\n"), domains));
        CHECK(may_report_to_sender(mail_with("", "a@OTHER.example"), domains));
        for (const char* sender :
             {"", "a@elsewhere.example", "a@sub.app.example", "a@app.example.evil", "app.example",
              "@app.example", "MAILER-DAEMON@app.example", "a@\xc3\xa4pp.example"}) {
            CAPTURE(sender);
            CHECK_FALSE(may_report_to_sender(mail_with("", sender), domains));
        }
        CHECK_FALSE(may_report_to_sender(mail_with(""), {}));
        CHECK_FALSE(may_report_to_sender({id_of(1), "shop@app.example", ""}, domains));
    }

    TEST_CASE("automatic mail and mail of lists is never answered (RFC 3834 2)")
    {
        for (const char* header :
             {"Auto-Submitted: auto-replied\r\n", "auto-submitted: auto-generated\r\n",
              "Precedence: bulk\r\n", "Precedence: list\r\n", "List-Id: <x.example>\r\n",
              "List-Unsubscribe: <https://x.example>\r\n", "X-Loop: x\r\n"}) {
            CAPTURE(header);
            CHECK_FALSE(may_report_to_sender(mail_with(header), {"app.example"}));
        }
        CHECK(may_report_to_sender(mail_with("Auto-Submitted: no\r\n"), {"app.example"}));
        CHECK(may_report_to_sender(mail_with("Precedence: first-class\r\n"), {"app.example"}));
    }

    TEST_CASE(
        "a report is a multipart/report of three parts, from the null sender's daemon (RFC 3464)")
    {
        const mail::Outcome outcome{.id = id_of(1),
                                    .kind = OutcomeKind::failed,
                                    .recipients = {"ann@d.example", "bob@d.example"},
                                    .reason = "550 5.1.1 no such user"};
        const std::string report = postman::delivery_report(
            mail_with("Message-ID: <1@app.example>\r\nSubject: hi\r\n"), outcome, kNames);
        for (const char* part :
             {"Content-Type: multipart/report; report-type=delivery-status;",
              "Auto-Submitted: auto-replied\r\n", "Reporting-MTA: dns; mail.example.net\r\n",
              "Final-Recipient: rfc822; ann@d.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
              "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n",
              "Final-Recipient: rfc822; bob@d.example\r\n", "Content-Type: text/rfc822-headers\r\n",
              "In-Reply-To: <1@app.example>\r\n", "\r\nSubject: hi\r\n"}) {
            CAPTURE(part);
            CHECK(count(report, part) == 1);
        }
        CHECK(count(report, "\r\n--=_abc123") == 4);
        CHECK(report.ends_with("\r\n--=_abc123--\r\n"));
    }

    TEST_CASE("nothing that a server or a mail says begins a line of its own in a notice")
    {
        const std::string evil = "x\r\nBcc: eve@d.example\r\n\r\n--=_abc123";
        const mail::Outcome outcome{.id = id_of(1),
                                    .kind = OutcomeKind::failed,
                                    .recipients = {"ann@d.example" + evil},
                                    .reason = "550 " + evil};
        CHECK(count(postman::delivery_report(mail_with(""), outcome, kNames), "\nBcc:") == 0);
        FailureEntry one = entry("ann@d.example" + evil);
        one.reason = one.message_id = evil;
        CHECK(count(postman::summary_mail({one}, "ops@d.example", kNames), "\nBcc:") == 0);
    }

    TEST_CASE("the status is the reply's own enhanced code, else 5.0.0 (RFC 3463)")
    {
        CHECK(postman::status_code("550 5.1.1 no such user") == "5.1.1");
        CHECK(postman::status_code("550-5.7.26 unauthenticated") == "5.7.26");
        CHECK(postman::status_code("exit 67 (no such user)") == "5.0.0");
        CHECK(postman::status_code("host 15.1.1.2 said no, 4.2.2") == "5.0.0");
        CHECK(postman::status_code("550 5.1.") == "5.0.0");
        CHECK(postman::status_code("") == "5.0.0");
    }

    TEST_CASE(
        "a summary names recipient, reason and Message-ID, and of very many the first thousand")
    {
        const std::string mail =
            postman::summary_mail({entry("ann@d.example")}, "ops@d.example", kNames);
        for (const char* part :
             {"ann@d.example", "550 5.1.1 no such user", "<1@app.example>",
              "Subject: postman: 1 recipient not reached", "Auto-Submitted: auto-generated"})
            CHECK(count(mail, part) == 1);
        const std::vector<FailureEntry> many(1500, entry("ann@d.example"));
        const std::string long_mail = postman::summary_mail(many, "ops@d.example", kNames);
        CHECK(count(long_mail, "ann@d.example") == 1000);
        CHECK(count(long_mail, "and 500 more") == 1);
    }

    TEST_CASE(
        "failures survive restarts and power cuts, each stands once, and a day has one summary")
    {
        MemoryFiles files;
        mail::test::ManualClock clock;
        clock.jump_wall(1000h);
        REQUIRE(FailureLog("/n", files, clock).add({entry("ann@d.example")}));
        REQUIRE(
            FailureLog("/n", files, clock).add({entry("ann@d.example"), entry("bob@d.example")}));
        files.restart();
        auto due = FailureLog("/n", files, clock).due(24h);
        REQUIRE(due);
        REQUIRE(*due);
        CHECK((*due)->entries ==
              std::vector<FailureEntry>{entry("ann@d.example"), entry("bob@d.example")});

        SUBCASE("killed before it is sent: the same text comes again, and later failures stay out")
        {
            REQUIRE(FailureLog("/n", files, clock).add({entry("carl@d.example")}));
            const auto again = FailureLog("/n", files, clock).due(24h);
            REQUIRE(again);
            REQUIRE(*again);
            CHECK((*again)->text == (*due)->text);
        }
        SUBCASE("sent: the next one comes after a day, and only if there is something to tell")
        {
            REQUIRE(FailureLog("/n", files, clock).sent());
            files.restart();
            REQUIRE(FailureLog("/n", files, clock).add({entry("carl@d.example")}));
            clock.advance(23h);
            CHECK_FALSE(FailureLog("/n", files, clock).due(24h).value());
            clock.advance(1h);
            const auto next = FailureLog("/n", files, clock).due(24h);
            REQUIRE(next);
            REQUIRE(*next);
            CHECK((*next)->entries == std::vector<FailureEntry>{entry("carl@d.example")});
            REQUIRE(FailureLog("/n", files, clock).sent());
            clock.advance(100h);
            CHECK_FALSE(FailureLog("/n", files, clock).due(24h).value());
        }
    }

    TEST_CASE("after a step that failed the failures are written anew, and no sync is repeated")
    {
        for (const int sys_errno : {EIO, ENOSPC}) {
            bool was_struck = true;
            for (int steps = 0; was_struck; ++steps) {
                CAPTURE(sys_errno);
                CAPTURE(steps);
                MemoryFiles files;
                mail::test::ManualClock clock;
                clock.jump_wall(1000h);
                FailureLog log("/n", files, clock);
                files.fail_after(steps, sys_errno);
                std::vector<FailureEntry> told;
                for (const char* name : {"ann", "bob", "carl", "dora"})
                    if (log.add({entry(name)})) told.push_back(entry(name));
                was_struck = files.steps_taken() > steps;
                CHECK(told.size() >= 3);
                CHECK(files.repeated_syncs == 0);
                files.restart();
                const auto due = FailureLog("/n", files, clock).due(24h);
                REQUIRE(due);
                REQUIRE(*due);
                for (const FailureEntry& one : told)
                    CHECK(std::count((*due)->entries.begin(), (*due)->entries.end(), one) == 1);
            }
        }
    }

    TEST_CASE("torn and foreign lines in the failures are passed over")
    {
        const std::string line = postman::encode_failure(entry("ann@d.example"));
        CHECK(
            postman::parse_failures("{\"id\":\"1\",\"to\n\n[1]\nx\n" + line + line.substr(0, 20)) ==
            std::vector<FailureEntry>{entry("ann@d.example")});
        FailureEntry odd = entry("\xff\x00\n\"");
        CHECK(postman::parse_failures(postman::encode_failure(odd)).size() == 1);
    }

    TEST_CASE("the courier tells of failed and held recipients before the postmaster hears of them")
    {
        FakePostmaster postmaster;
        FakeBackend backend;
        MemoryFiles files;
        mail::test::ManualClock clock;
        Listener listener;
        mail::Record record = record_of(1, {"ann@d.example", "bob@d.example", "carl@d.example"});
        record.content = "Received: from web1\r\nMessage-ID: <1@app.example>\r\n\r\nbody\r\n";
        postmaster.put(record);
        backend.answer = [](const auto&, const auto& recipients) -> FakeBackend::Answer {
            auto verdicts = FakeBackend::all(recipients, OutcomeKind::delivered, "");
            verdicts[1].kind = OutcomeKind::failed;
            verdicts[1].reason = "550 no";
            verdicts[2].kind = OutcomeKind::deferred;
            return verdicts;
        };
        std::size_t told_before_report = 0;
        postmaster.on_ask = [&] { told_before_report = listener.told.size(); };
        postman::Ledger ledger("/state", 240h, files, clock);
        postman::Pace pace(0, 0);
        postman::WayOut way_out{.backend = backend,
                                .ledger = ledger,
                                .pace = pace,
                                .clock = clock,
                                .chance = [](std::uint64_t bound) { return bound - 1; },
                                .rules = {},
                                .jobs = 1};
        way_out.failures = &listener;
        static_cast<void>(postman::Courier(postmaster, way_out).run(0s, {}));
        REQUIRE(listener.told.size() == 1);
        CHECK(told_before_report == 1);
        const auto& [mail, outcome] = listener.told[0];
        CHECK(outcome.recipients == std::vector<std::string>{"bob@d.example"});
        CHECK(mail.sender == "web@app.example");
        CHECK(mail.header == "Message-ID: <1@app.example>\r\n");
    }

    TEST_CASE("reports are off unless asked for, and never from this machine's own name")
    {
        postman::ReportOptions options;
        CHECK_FALSE(postman::notice_rules(options).is_wanted());
        CHECK_FALSE(postman::fault_in(options));
        options.report_to = "ops@example.com";
        CHECK(postman::fault_in(options));
        options.courier_name = "mail.example.net";
        CHECK_FALSE(postman::fault_in(options));
        options.dsn = "sender";
        CHECK(postman::fault_in(options));
        options.dsn_domains = {"app.example"};
        CHECK_FALSE(postman::fault_in(options));
        for (const char* address : {"ops", "ops@", "@x", "a b@x.example", "-a@x.example"}) {
            options.report_to = address;
            CHECK(postman::fault_in(options));
        }
    }
}
