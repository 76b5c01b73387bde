#include "postman/status.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "postman/dry_round.h"
#include "postman/ledger.h"
#include "postman/metrics/metrics_file.h"
#include "tests/postman/fakes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace postman;
using namespace postman::test;
using std::chrono::seconds;

namespace
{

struct StateDesk {
    mail::test::MemoryFiles files;
    mail::test::ManualClock clock;

    std::int64_t now() const
    {
        return std::chrono::floor<seconds>(clock.wall().time_since_epoch()).count();
    }
    void end_round(bool is_ok, std::size_t delivered)
    {
        Round round;
        round.counts.mails = round.counts.delivered = delivered;
        MetricsFile("", "/state", files, clock).end_round("maildir:/x", round, is_ok, {}, {});
    }
    void write_ledger(const std::vector<LedgerEntry>& entries)
    {
        Ledger ledger("/state", std::chrono::hours(24), files, clock);
        REQUIRE(ledger.open());
        REQUIRE(ledger.record(entries));
    }
    CourierStatus status()
    {
        const auto read = read_status("/state", files);
        REQUIRE(read);
        return *read;
    }
};

}  // namespace

TEST_SUITE("postman/status")
{
    TEST_CASE_FIXTURE(StateDesk,
                      "rounds are counted without a metrics file, and it writes no other")
    {
        end_round(true, 2);
        clock.advance(seconds(60));
        end_round(false, 1);
        const CourierStatus got = status();
        CHECK(got.totals.rounds_ok == 1);
        CHECK(got.totals.rounds_failed == 1);
        CHECK(got.totals.mails == 3);
        CHECK(got.totals.last_round == now());
        CHECK(got.totals.last_successful_round == now() - 60);
        CHECK_FALSE(got.totals.last.is_ok);
        CHECK(got.totals.last.recipients.at("delivered") == 1);
        CHECK(got.totals.recipients.at("maildir:/x").at("delivered") == 3);
    }

    TEST_CASE_FIXTURE(StateDesk,
                      "fresh is what a round was well within the time; a failed one is none")
    {
        CHECK_FALSE(CourierStatus{}.is_fresh(now(), seconds(900)));
        end_round(true, 0);
        const std::int64_t then = now();
        clock.advance(seconds(900));
        end_round(false, 0);
        CHECK(status().is_fresh(then + 900, seconds(900)));
        CHECK_FALSE(status().is_fresh(then + 901, seconds(900)));
    }

    TEST_CASE_FIXTURE(StateDesk, "the ledger tells what is open, deferred, and not confirmed")
    {
        using enum LedgerEvent;
        write_ledger({{started, id_of(1), "open@x"},
                      {started, id_of(2), "later@x"},
                      {ended, id_of(2), "later@x"},
                      {started, id_of(3), "done@x"},
                      {done, id_of(3), "done@x"},
                      {started, id_of(4), "confirmed@x"},
                      {done, id_of(4), "confirmed@x"},
                      {confirmed, id_of(4), "confirmed@x"},
                      {started, id_of(5), "taken@x"},
                      {ended, id_of(5), "taken@x"},
                      {forgotten, id_of(5), "taken@x"}});
        end_round(true, 1);
        const std::string before = files.text("/state/ledger");
        const LedgerView::Summary ledger = status().ledger;
        CHECK(ledger.recipients == 4);
        CHECK(ledger.open == 1);
        CHECK(ledger.deferred == 1);
        CHECK(ledger.unconfirmed == 1);
        CHECK(ledger.damaged == 0);
        CHECK(ledger.octets == before.size());
        CHECK(files.text("/state/ledger") == before);
        const auto view = LedgerView::read("/state", files);
        CHECK(view->standing(id_of(3), "done@x").is_done);
        CHECK(view->standing(id_of(3), "other@x") == Standing{});
    }

    TEST_CASE_FIXTURE(StateDesk, "a line that is just being written is no damage")
    {
        using enum LedgerEvent;
        write_ledger({{started, id_of(1), "a@x"}, {started, id_of(2), "b@x"}});
        const std::string whole = files.text("/state/ledger");
        for (const std::size_t cut : {std::size_t{1}, std::size_t{20}}) {
            mail::test::MemoryFiles torn;
            auto file = torn.create_exclusive("/state/ledger");
            REQUIRE((*file)->write_all(whole.substr(0, whole.size() - cut)));
            const auto view = LedgerView::read("/state", torn);
            REQUIRE(view);
            CHECK(view->summary().damaged == 0);
        }
    }

    TEST_CASE_FIXTURE(StateDesk, "for people and for programs")
    {
        end_round(true, 2);
        const std::string text = status_text(status(), now() + 180, seconds(900));
        CHECK(text.find("(3 min ago), ok: 2 mails by maildir:/x; ") != std::string::npos);
        CHECK(
            text.find("maildir:/x: 0 confirmed again, 0 deferred, 2 delivered, 0 failed, 0 held") !=
            std::string::npos);
        CHECK(text.find("longer than") == std::string::npos);
        CHECK(status_text(status(), now() + 901, seconds(900)).find(", longer than 15 min") !=
              std::string::npos);
        CHECK(status_text({}, now(), seconds(900)).find("last round:    never") == 0);
        const auto json = nlohmann::json::parse(status_json(status(), now(), seconds(900)));
        CHECK(json["fresh"] == true);
        CHECK(json["last_round"]["ok"] == true);
        CHECK(json["last_round"]["delivered"] == 2);
        CHECK(json["ways_out"]["maildir:/x"]["delivered"] == 2);
        CHECK(json["ledger"]["open"] == 0);
    }

    TEST_CASE("a dry round says who would get what, and leaves everything as it was")
    {
        FakePostmaster postmaster;
        FakeBackend backend;
        postmaster.put(record_of(1, {"ann@example.org", "bob@example.org"}));
        postmaster.put(record_of(2, {"-evil@example.org"}));
        auto bad = record_of(3);
        bad.sha256 = "bad";
        postmaster.put(bad);
        const auto standing_of = [](const mail::SpoolId&, const std::string& recipient) {
            Standing standing;
            standing.is_done = recipient == "bob@example.org";
            return standing;
        };
        std::ostringstream out;
        REQUIRE(dry_round(postmaster, backend, {}, standing_of, out));
        const std::string text = out.str();
        CAPTURE(text);
        CHECK(text.find("fake: 3 mails\n") == 0);
        CHECK(text.find("    ann@example.org: by fake\n") != std::string::npos);
        CHECK(text.find("    bob@example.org: was delivered before") != std::string::npos);
        CHECK(text.find("    -evil@example.org: ") != std::string::npos);
        CHECK(text.find("-evil@example.org: by") == std::string::npos);
        CHECK(text.find("the record is not sound") != std::string::npos);
        CHECK(backend.sent.empty());
        CHECK(postmaster.outcomes.empty());
        CHECK(postmaster.releases == 1);
        CHECK(postmaster.leases == 1);
        CHECK(postmaster.waiting.size() == 3);
    }

    TEST_CASE("a dry round shows a terminal nothing that steers it")
    {
        FakePostmaster postmaster;
        FakeBackend backend;
        auto record = record_of(1, {"ann\xc2\x9b@example.org"});                      // CSI of C1
        record.subject = "\x1b[2J\xe2\x80\xae" + std::string(192, 'x') + "\xc3\xbc";  // cut in it
        postmaster.put(record);
        std::ostringstream out;
        REQUIRE(dry_round(
            postmaster, backend, {}, [](const auto&, const auto&) { return Standing{}; }, out));
        const std::string text = out.str();
        CAPTURE(text);
        CHECK(text.find("octets: ?[2J???xxx") != std::string::npos);
        CHECK(text.find("ann??@example.org") != std::string::npos);
        CHECK(std::all_of(text.begin(), text.end(),
                          [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    }

    TEST_CASE("a dry round holds what shows the origin, as a round does")
    {
        FakePostmaster postmaster;
        FakeBackend backend;
        auto record = record_of(1);
        record.content = "Subject: from web1.internal\r\n\r\nx\r\n";
        postmaster.put(record);
        mail::privacy::OriginValues values({*mail::privacy::parse_origin_value("web1.internal")});
        auto gate = std::make_shared<mail::privacy::InspectionRules>();
        gate->search = std::make_shared<const mail::privacy::OriginSearch>(values);
        gate->scrub.origin = values;
        gate->scrub.search = gate->search.get();
        CarryRules rules;
        rules.gate = gate;
        std::ostringstream out;
        REQUIRE(dry_round(
            postmaster, backend, rules, [](const auto&, const auto&) { return Standing{}; }, out));
        CHECK(out.str().find(
                  "ann@example.org: held, it shows the origin: web1.internal in Subject") !=
              std::string::npos);
    }

    TEST_CASE("an endpoint that gives no lease is an error")
    {
        FakePostmaster postmaster;
        FakeBackend backend;
        postmaster.lease_fails = true;
        std::ostringstream out;
        CHECK_FALSE(dry_round(
            postmaster, backend, {}, [](const auto&, const auto&) { return Standing{}; }, out));
        CHECK(postmaster.releases == 0);
    }
}
