#include "postman/courier.h"

#include <doctest/doctest.h>

#include "tests/postman/fakes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace std::chrono_literals;
using mail::OutcomeKind;
using mail::test::MemoryFiles;
using postman::Broken;
using postman::LedgerEvent;
using postman::Unconfirmed;
using postman::test::FakeBackend;
using postman::test::FakePostmaster;
using postman::test::id_of;
using postman::test::record_of;

namespace
{

/// A courier with everything around it; run() is one round of a new process.
struct World {
    FakePostmaster postmaster;
    FakeBackend backend;
    MemoryFiles files;
    mail::test::ManualClock clock;
    postman::CarryRules rules;
    std::stop_source stop;
    unsigned jobs = 1;
    std::uint64_t max_per_run = 0;
    postman::Fault fault = postman::Fault::none;
    postman::FailureSink* failures = nullptr;

    postman::Round run()
    {
        postman::Ledger ledger("/state", 2 * rules.lifetime, files, clock);
        postman::Pace pace(0, max_per_run);
        postman::WayOut way_out{.backend = backend,
                                .ledger = ledger,
                                .pace = pace,
                                .clock = clock,
                                .chance = [](std::uint64_t bound) { return bound - 1; },
                                .rules = rules,
                                .jobs = jobs};
        way_out.failures = failures;
        const auto round = postman::Courier(postmaster, way_out).run(0s, stop.get_token());
        fault = way_out.fault;
        return round;
    }
    void record(LedgerEvent event, unsigned number,
                const std::string& recipient = "ann@example.org")
    {
        postman::Ledger ledger("/state", 2 * rules.lifetime, files, clock);
        REQUIRE(ledger.open());
        REQUIRE(ledger.record({{event, id_of(number), recipient}}));
    }
    void answer_all(OutcomeKind kind, const std::string& reason)
    {
        backend.answer = [=](const auto&, const auto& recipients) {
            return FakeBackend::all(recipients, kind, reason);
        };
    }
    const mail::Outcome& only_outcome()
    {
        REQUIRE(postmaster.outcomes.size() == 1);
        return postmaster.outcomes[0];
    }
};

}  // namespace

TEST_SUITE("postman/courier")
{
    TEST_CASE("a lease is for as many mails as all hands finish together, at most 50")
    {
        const std::pair<unsigned, std::size_t> rows[] = {{1, 50},  {4, 48},  {7, 49},  {8, 48},
                                                         {26, 26}, {50, 50}, {256, 50}};
        for (const auto& row : rows) {
            const auto& jobs = row.first;
            const auto& mails = row.second;
            CAPTURE(jobs);
            World world;
            world.jobs = jobs;
            world.postmaster.put(record_of(1));
            CHECK(world.run().counts.mails == 1);
            CHECK(world.postmaster.asked == std::vector<std::size_t>{mails, mails});
        }
    }

    TEST_CASE("a round takes everything that waits, batch after batch")
    {
        World w;
        for (unsigned i = 1; i <= 120; ++i) w.postmaster.put(record_of(i));
        for (const unsigned jobs : {1U, 4U}) {
            CAPTURE(jobs);
            w.jobs = jobs;
            const auto round = w.run();
            if (jobs == 1) CHECK(round.counts.delivered == 120);
            CHECK(w.backend.sent.size() == 120);
            CHECK(w.postmaster.waiting.empty());
        }
    }

    TEST_CASE("a round without mail does not touch the ledger")
    {
        World w;
        const auto round = w.run();
        CHECK(round.counts.mails == 0);
        CHECK_FALSE(round.endpoint_failed);
        CHECK(w.files.steps_taken() == 0);
    }

    TEST_CASE("many threads deliver each mail once")
    {
        World w;
        w.jobs = 4;
        for (unsigned i = 1; i <= 300; ++i) w.postmaster.put(record_of(i, {"a@x", "b@x"}));
        CHECK(w.run().counts.delivered == 600);
        for (unsigned i = 1; i <= 300; ++i) CHECK(w.backend.times(id_of(i)) == 2);
        CHECK(w.postmaster.waiting.empty());
    }

    TEST_CASE("one thread needs one sync a mail, one for the last, one for what was confirmed")
    {
        World w;
        for (unsigned i = 1; i <= 10; ++i) w.postmaster.put(record_of(i));
        w.run();
        CHECK(w.files.syncs == 12);
        CHECK(w.files.text("/state/ledger").find(" confirmed ") != std::string::npos);
    }

    TEST_CASE("the scrub is done again before delivery")
    {
        World w;
        auto record = record_of(1);
        record.content = "Received: from backend.internal\r\nSubject: x\r\n\r\nbody\r\n";
        w.postmaster.put(record);
        w.run();
        CHECK(w.backend.contents == std::vector<std::string>{"Subject: x\r\n\r\nbody\r\n"});
    }

    TEST_CASE("what is done is never sent again, only confirmed again")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.postmaster.keeps_mail = true;  // its unlink was lost, say
        CHECK(w.run().counts.delivered == 1);
        const auto again = w.run();
        CHECK(again.counts.repeats == 1);
        CHECK(again.counts.delivered == 0);
        CHECK(w.backend.sent.size() == 1);
    }

    TEST_CASE("a lost answer to the outcomes costs a repeat of the report, not of the mail")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.postmaster.report_failures = 1;
        CHECK_FALSE(w.run().endpoint_failed);
        CHECK(w.postmaster.reports == 2);

        SUBCASE("and if it stays lost, the next round only confirms")
        {
            w.postmaster.put(record_of(2));
            w.postmaster.report_failures = 2;
            CHECK(w.run().endpoint_failed);
            CHECK(w.run().counts.repeats == 1);
            CHECK(w.backend.times(id_of(2)) == 1);
        }
    }

    TEST_CASE("nothing that was accepted waits unsynced while the endpoint is asked (W5)")
    {
        World w;
        for (unsigned i = 1; i <= 4; ++i) w.postmaster.put(record_of(i));
        std::chrono::seconds each{0};
        SUBCASE("an outcome is told")
        {
            each = 100s;
        }
        SUBCASE("the lease is renewed")
        {
            each = 500s;
        }
        w.backend.answer = [&](const auto&, const auto& recipients) {
            w.clock.advance(each);
            return FakeBackend::all(recipients, OutcomeKind::delivered, "");
        };
        w.postmaster.on_ask = [&] {
            postman::Ledger ledger("/state", 2 * w.rules.lifetime, w.files, w.clock);
            REQUIRE(ledger.open());
            for (const auto& [id, recipient] : w.backend.sent)
                CHECK(ledger.standing(id, recipient).is_done);
        };
        w.run();
        CHECK(w.backend.sent.size() == 4);
        CHECK(w.postmaster.reports > 1);
        CHECK((w.postmaster.renewals > 0) == (each == 500s));
    }

    TEST_CASE("outcomes that are not taken are told again while the lease is worked off")
    {
        World w;
        for (unsigned i = 1; i <= 4; ++i) w.postmaster.put(record_of(i));
        w.backend.answer = [&](const auto&, const auto& recipients) {
            w.clock.advance(10s);
            return FakeBackend::all(recipients, OutcomeKind::delivered, "");
        };
        w.postmaster.report_failures = 2;  // and not even at the second time
        CHECK_FALSE(w.run().endpoint_failed);
        CHECK(w.postmaster.waiting.empty());
    }

    TEST_CASE("a mail that cannot be delivered now comes again later, with full jitter")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.answer_all(OutcomeKind::deferred, "exit 75 (temporary failure): try later");
        CHECK(w.run().counts.deferred == 1);
        CHECK(w.only_outcome().reason == "exit 75 (temporary failure): try later");
        CHECK(w.only_outcome().retry_after == 60s);

        w.postmaster.deferred.clear();
        w.run();
        CHECK(w.postmaster.outcomes[1].retry_after == 120s);
    }

    TEST_CASE("the way out's own wish for the next try goes before ours")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.backend.answer = [](const auto&, const auto& recipients) {
            return std::vector<postman::Verdict>{
                {.recipient = recipients[0], .reason = "quota", .retry_after = 7200s}};
        };
        w.run();
        CHECK(w.only_outcome().retry_after == 7200s);
    }

    TEST_CASE("after its lifetime a mail has failed, but never without one attempt")
    {
        World w;
        w.rules.lifetime = 100s;
        w.postmaster.put(record_of(1));
        w.answer_all(OutcomeKind::deferred, "busy");
        w.run();
        CHECK(w.only_outcome().kind == OutcomeKind::deferred);
        w.clock.advance(100s);
        w.postmaster.deferred.clear();
        CHECK(w.run().counts.failed == 1);
        CHECK(w.postmaster.outcomes[1].kind == OutcomeKind::failed);
        CHECK(w.postmaster.outcomes[1].reason == "given up after 2 attempts: busy");
        CHECK(w.backend.sent.size() == 2);

        SUBCASE("and where the operator tries it again, it has a new lifetime")
        {
            w.postmaster.put(record_of(1));
            CHECK(w.run().counts.deferred == 1);
        }
    }

    TEST_CASE("a delivery that an account's limit put off is no attempt and ends no lifetime")
    {
        World w;
        w.postmaster.ignores_deferral = true;
        w.postmaster.put(record_of(1));
        w.backend.answer = [](const auto&, const auto& recipients) {
            auto verdicts = FakeBackend::all(recipients, OutcomeKind::deferred, "its limit");
            for (auto& verdict : verdicts) {
                verdict.is_untried = true;
                verdict.retry_after = 90s;
            }
            return verdicts;
        };
        for (int day = 0; day < 9; ++day) {
            w.postmaster.outcomes.clear();
            w.run();
            CHECK(w.only_outcome().kind == OutcomeKind::deferred);
            CHECK(w.only_outcome().retry_after == 90s);
            w.clock.advance(24h);
        }
        w.answer_all(OutcomeKind::deferred, "busy");
        w.postmaster.outcomes.clear();
        w.run();
        CHECK(w.only_outcome().kind == OutcomeKind::deferred);  // its first attempt
    }

    TEST_CASE("a held verdict holds the mail")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.answer_all(OutcomeKind::held, "no envelope for it");
        w.run();
        CHECK(w.only_outcome().kind == OutcomeKind::held);
        CHECK(w.only_outcome().reason == "no envelope for it");
    }

    TEST_CASE("a lifetime of nothing still gives one attempt")
    {
        World w;
        w.rules.lifetime = 0s;
        w.postmaster.put(record_of(1));
        CHECK(w.run().counts.delivered == 1);
    }

    TEST_CASE("each recipient has its own outcome")
    {
        World w;
        w.postmaster.put(record_of(1, {"good@x", "bad@x", "later@x", "silent@x"}));
        w.backend.answer = [](const auto&, const auto&) {
            return std::vector<postman::Verdict>{
                {.recipient = "good@x", .kind = OutcomeKind::delivered},
                {.recipient = "bad@x", .kind = OutcomeKind::failed, .reason = "550"},
                {.recipient = "later@x", .reason = "450"}};
        };
        const auto counts = w.run().counts;
        CHECK(counts.delivered == 1);
        CHECK(counts.failed == 1);
        CHECK(counts.deferred == 2);
    }

    TEST_CASE("one bad mail never stops the others")
    {
        World w;
        for (unsigned i = 1; i <= 5; ++i) w.postmaster.put(record_of(i));
        SUBCASE("the record is damaged")
        {
            auto bad = record_of(3);
            bad.sha256 = "bad";
            w.postmaster.put(bad);
            const auto counts = w.run().counts;
            CHECK(counts.delivered == 4);
            CHECK(counts.held == 1);
        }
        SUBCASE("its recipient is an option")
        {
            w.postmaster.put(record_of(3, {"-oQ/tmp"}));
            const auto counts = w.run().counts;
            CHECK(counts.delivered == 4);
            CHECK(counts.failed == 1);
        }
        SUBCASE("the way out throws")
        {
            w.backend.answer = [](const mail::Record& record,
                                  const auto& recipients) -> FakeBackend::Answer {
                if (record.id == id_of(3)) throw std::runtime_error("oops");
                return FakeBackend::all(recipients, OutcomeKind::delivered, "");
            };
            const auto counts = w.run().counts;
            CHECK(counts.delivered == 4);
            CHECK(counts.deferred == 1);
        }
        SUBCASE("there is no memory for it")
        {
            SUBCASE("for one pair of hands")
            {
                w.jobs = 1;
            }
            SUBCASE("for one of three")
            {
                w.jobs = 3;
            }
            auto bad = record_of(3);
            bad.sha256 = "huge";
            w.postmaster.put(bad);
            const auto counts = w.run().counts;
            CHECK(counts.delivered == 4);
            CHECK(counts.deferred == 1);
            CHECK(w.backend.times(id_of(3)) == 0);
        }
    }

    TEST_CASE("a broken way out stops the run and confirms nothing of that mail")
    {
        World w;
        for (unsigned i = 1; i <= 3; ++i) w.postmaster.put(record_of(i));
        w.backend.answer = [](const mail::Record& record,
                              const auto& recipients) -> FakeBackend::Answer {
            if (record.id == id_of(2)) return Broken{"no such program"};
            return FakeBackend::all(recipients, OutcomeKind::delivered, "");
        };
        w.run();
        CHECK(w.fault == postman::Fault::backend);
        CHECK(w.only_outcome().id == id_of(1));
        CHECK(w.postmaster.releases == 1);
        CHECK(w.backend.times(id_of(3)) == 0);

        SUBCASE("and the attempt does not count")
        {
            w.backend.answer = nullptr;
            w.rules.unconfirmed = Unconfirmed::hold;
            CHECK(w.run().counts.delivered == 2);
        }
    }

    TEST_CASE("a delivery without an end is sent again, or held where the operator says so")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.record(LedgerEvent::started, 1);
        SUBCASE("resend")
        {
            CHECK(w.run().counts.delivered == 1);
        }
        SUBCASE("hold, and a release by the operator is tried")
        {
            w.rules.unconfirmed = Unconfirmed::hold;
            CHECK(w.run().counts.held == 1);
            CHECK(w.backend.sent.empty());
            w.postmaster.put(record_of(1));
            CHECK(w.run().counts.delivered == 1);
        }
    }

    TEST_CASE(
        "a delivery that may have been accepted is tried again, or held where the operator says so")
    {
        const FakeBackend::Answer killed = std::vector<postman::Verdict>{
            {.recipient = "ann@example.org", .reason = "killed", .may_be_accepted = true}};
        for (const char* how : {"it says so", "it throws", "it says nothing"}) {
            CAPTURE(how);
            World w;
            w.postmaster.put(record_of(1));
            w.backend.answer = [&](const auto&, const auto&) -> FakeBackend::Answer {
                if (how == std::string("it throws"))
                    throw std::runtime_error("after its last byte");
                if (how == std::string("it says nothing")) return std::vector<postman::Verdict>{};
                return killed;
            };
            CHECK(w.run().counts.deferred == 1);
            w.postmaster.deferred.clear();
            w.rules.unconfirmed = Unconfirmed::hold;
            CHECK(w.run().counts.held == 1);
        }
    }

    TEST_CASE("started five times and never ended is poison")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.postmaster.put(record_of(2));
        for (int i = 0; i < 5; ++i) w.record(LedgerEvent::started, 1);
        const auto counts = w.run().counts;
        CHECK(counts.failed == 1);
        CHECK(counts.delivered == 1);
        CHECK(w.backend.times(id_of(1)) == 0);
        CHECK(w.postmaster.outcomes[0].reason.starts_with("poison"));
    }

    TEST_CASE("poison that an operator tries again is tried, though the answer to it was lost")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.postmaster.forgets = true;
        for (int i = 0; i < 5; ++i) w.record(LedgerEvent::started, 1);
        w.postmaster.answers_lost = 1;
        CHECK(w.run().counts.failed == 1);
        CHECK(w.postmaster.waiting.empty());
        w.postmaster.put(record_of(1));
        CHECK(w.run().counts.delivered == 1);
    }

    TEST_CASE("what is told of a mail that is not sent does not widen the window of the one before")
    {
        // Three mails in turn; the second fails or is held without a try.
        struct Sink final : postman::FailureSink {
            void failed(const postman::FailedMail&, const mail::Outcome&) override { on_failed(); }
            std::function<void()> on_failed;
        };
        for (const bool is_poison : {true, false}) {
            CAPTURE(is_poison);
            World w;
            Sink sink;
            for (unsigned i = 1; i <= 3; ++i) w.postmaster.put(record_of(i));
            if (is_poison)
                for (int i = 0; i < 5; ++i) w.record(LedgerEvent::started, 2);
            else
                w.postmaster.put(record_of(2, {"-option"}));
            int told = 0;
            sink.on_failed = [&] {
                ++told;
                postman::Ledger ledger("/state", 2 * w.rules.lifetime, w.files, w.clock);
                REQUIRE(ledger.open());
                CHECK(ledger.standing(id_of(1), "ann@example.org").is_done);
            };
            w.failures = &sink;
            w.run();
            CHECK(told == 1);
            CHECK(w.backend.times(id_of(2)) == 0);
        }
    }

    TEST_CASE("nothing is delivered after the lease has ended")
    {
        World w;
        w.postmaster.seconds = 900s;
        for (unsigned i = 1; i <= 3; ++i) w.postmaster.put(record_of(i));
        SUBCASE("its time is over")
        {
            w.postmaster.lease_is_gone = true;
            int delivered = 0;
            w.backend.answer = [&](const auto&, const auto& recipients) {
                if (++delivered == 1) w.clock.advance(900s);
                if (delivered > 1) w.stop.request_stop();
                return FakeBackend::all(recipients, OutcomeKind::delivered, "");
            };
            w.run();
            CHECK(w.postmaster.leases == 2);  // the rest came with another lease
            CHECK(w.backend.times(id_of(1)) == 1);
            CHECK(w.backend.times(id_of(3)) == 0);
        }
        SUBCASE("its time counts from when it was asked for, not from the answer")
        {
            w.postmaster.renew_fails = true;
            w.postmaster.on_lease = [&] {
                if (w.postmaster.leases == 1) w.clock.advance(900s);
            };
            CHECK(w.run().counts.delivered == 3);
            CHECK(w.postmaster.leases ==
                  3);  // nothing under the first, all under the second, no more
            for (unsigned i = 1; i <= 3; ++i) CHECK(w.backend.times(id_of(i)) == 1);
        }
        SUBCASE("past its half it is renewed, and the rest goes on")
        {
            w.backend.answer = [&](const auto&, const auto& recipients) {
                w.clock.advance(460s);
                return FakeBackend::all(recipients, OutcomeKind::delivered, "");
            };
            CHECK(w.run().counts.delivered == 3);
            CHECK(w.postmaster.renewals == 2);
            CHECK(w.postmaster.leases == 2);  // the second found nothing
        }
        SUBCASE("the postmaster does not know it any more")
        {
            w.postmaster.lease_is_gone = true;
            w.backend.answer = [&](const auto&, const auto& recipients) {
                w.clock.advance(460s);
                w.stop.request_stop();
                return FakeBackend::all(recipients, OutcomeKind::delivered, "");
            };
            w.run();
            CHECK(w.backend.sent.size() == 1);
        }
    }

    TEST_CASE("an endpoint that hands out the same mail for ever does not keep us for ever")
    {
        World w;
        w.postmaster.put(record_of(1));
        w.postmaster.keeps_mail = true;
        CHECK(w.run().endpoint_failed);
        CHECK(w.postmaster.leases == 2);
        CHECK(w.backend.sent.size() == 1);
    }

    TEST_CASE("an endpoint that does not answer loses nothing and is told")
    {
        World w;
        w.postmaster.lease_fails = true;
        CHECK(w.run().endpoint_failed);
    }

    TEST_CASE("a stop ends the round after the delivery at work and gives the rest back")
    {
        World w;
        for (unsigned i = 1; i <= 3; ++i) w.postmaster.put(record_of(i));
        w.backend.answer = [&](const auto&, const auto& recipients) {
            w.stop.request_stop();
            return FakeBackend::all(recipients, OutcomeKind::delivered, "");
        };
        CHECK(w.run().counts.delivered == 1);
        CHECK(w.postmaster.outcomes.size() == 1);
        CHECK(w.postmaster.releases == 1);
    }

    TEST_CASE("a run takes no more than its share")
    {
        World w;
        w.max_per_run = 2;
        for (unsigned i = 1; i <= 5; ++i) w.postmaster.put(record_of(i));
        CHECK(w.run().counts.delivered == 2);
        CHECK(w.postmaster.releases == 1);
        CHECK(w.postmaster.waiting.size() == 3);
    }

    TEST_CASE(
        "a ledger that cannot be written stops the run before the next delivery; what was "
        "delivered is told")
    {
        World w;
        for (unsigned i = 1; i <= 3; ++i) w.postmaster.put(record_of(i));
        w.backend.answer = [&](const auto&, const auto& recipients) {
            w.files.fail_after(0, EIO, true);  // the disk is full from here on
            return FakeBackend::all(recipients, OutcomeKind::delivered, "");
        };
        w.run();
        CHECK(w.fault == postman::Fault::ledger);
        CHECK(w.backend.sent.size() == 1);
        CHECK(w.only_outcome().kind == OutcomeKind::delivered);
    }

    TEST_CASE(
        "a power cut at any step sends nothing twice but what was at work, and loses nothing (W3 "
        "to W8)")
    {
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            World w;
            for (unsigned i = 1; i <= 4; ++i) w.postmaster.put(record_of(i));
            w.files.fail_after(steps, EIO, true);
            w.run();
            const bool was_cut = w.fault != postman::Fault::none;
            // The machine is back; the postmaster never heard what was not reported.
            w.files.restart();
            w.run();
            CHECK(w.postmaster.waiting.empty());
            std::size_t twice = 0;
            for (unsigned i = 1; i <= 4; ++i) {
                CHECK(w.backend.times(id_of(i)) >= 1);
                twice += w.backend.times(id_of(i)) - 1;
            }
            CHECK(twice == 0);  // what was delivered had been told before the end
            if (!was_cut) return;
        }
    }

    TEST_CASE("a courier killed at any step repeats at most the mail that was at work (W5)")
    {
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            World w;
            for (unsigned i = 1; i <= 4; ++i) w.postmaster.put(record_of(i));
            w.files.fail_after(steps, EIO, true);
            w.postmaster.report_failures = 1000;  // killed: nothing is reported either
            w.run();
            const bool was_cut = w.fault != postman::Fault::none;
            w.files.restart();
            w.postmaster.report_failures = 0;
            w.run();
            CHECK(w.postmaster.waiting.empty());
            std::size_t twice = 0;
            for (unsigned i = 1; i <= 4; ++i) {
                CHECK(w.backend.times(id_of(i)) >= 1);
                twice += w.backend.times(id_of(i)) - 1;
            }
            CHECK(twice <= 1);
            if (!was_cut) return;
        }
    }
}
