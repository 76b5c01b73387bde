#include "postmaster/observer.h"

#include <doctest/doctest.h>

#include "postmaster/alarms.h"
#include "postmaster/metrics_text.h"
#include "tests/postmaster/gate_rules.h"
#include "tests/support/memory_hand_out.h"

using namespace postmaster;
using mail::OutcomeKind;
using std::chrono::seconds;

namespace
{

const std::string kMail = "Subject: hi\r\n\r\nbody\r\n";

struct Fixture {
    mail::test::ManualClock clock;
    mail::test::MemoryHandOut spool{clock};
    Gate gate{test::rules_of(test::settings_with({"web1.internal"}))};
    Desk desk{spool, gate, {50, 1'000'000}, clock};
    Observer observer{spool, desk, {"/", 1, seconds(600)}, clock};

    void lend()
    {
        REQUIRE(desk.lease(50, seconds(900), [] { return true; }));
    }
};

bool has(const std::string& text, const char* line)
{
    return text.find(std::string("\n") + line + "\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("postmaster/observer")
{
    TEST_CASE_FIXTURE(Fixture, "silence counts from the start, and from each visit on")
    {
        clock.advance(seconds(601));
        CHECK(observer.look().silence == seconds(601));
        CHECK(alarms_of(observer.look()).size() == 1);
        desk.note_visit();
        CHECK(observer.look().silence == seconds(0));
        CHECK(observer.look().last_visit);
        CHECK_FALSE(observer.look().last_lent);
        CHECK(alarms_of(observer.look()).empty());
        clock.advance(seconds(601));
        CHECK(alarms_of(observer.look()).size() == 1);
    }

    TEST_CASE_FIXTURE(Fixture, "a stop of all hand-out is shown until it is taken back")
    {
        REQUIRE(spool.stop());
        CHECK(has(metrics_text(observer.look()), "postmaster_hand_out_stopped 1"));
        CHECK(alarms_of(observer.look()).size() == 1);
        REQUIRE(spool.resume());
        CHECK(has(metrics_text(observer.look()), "postmaster_hand_out_stopped 0"));
        CHECK(alarms_of(observer.look()).empty());
    }

    TEST_CASE_FIXTURE(Fixture, "what is handed out, settled and held is counted by result")
    {
        const auto a = spool.add(kMail), b = spool.add(kMail);
        spool.add(kMail + "See web1.internal\r\n");
        lend();
        const std::string token = std::string(25, 'a') + "1000001";
        const auto unknown = *mail::SpoolId::parse(std::string(32, '1'));
        REQUIRE(desk.settle(token, {{a, OutcomeKind::delivered},
                                    {b, OutcomeKind::deferred},
                                    {unknown, OutcomeKind::delivered}}));
        REQUIRE(desk.settle(token, {{a, OutcomeKind::delivered}}));  // said twice
        const std::string text = metrics_text(observer.look());
        CAPTURE(text);
        CHECK(has(text, "postmaster_hand_outs_total{result=\"leased\"} 2"));
        CHECK(has(text, "postmaster_hand_outs_total{result=\"delivered\"} 1"));
        CHECK(has(text, "postmaster_hand_outs_total{result=\"deferred\"} 1"));
        CHECK(has(text, "postmaster_held_total{reason=\"text\"} 1"));
        CHECK(has(text, "postmaster_held_total{reason=\"header\"} 0"));
        CHECK(
            has(text,
                ("postmaster_handed_out_bytes_total " + std::to_string(2 * kMail.size())).c_str()));
        CHECK(has(text, "postmaster_mails{state=\"deferred\"} 1"));
        CHECK(has(text, "postmaster_mails{state=\"held\"} 1"));
    }

    TEST_CASE_FIXTURE(Fixture, "the day's curve has what came and what was lent")
    {
        spool.add(kMail);
        spool.add(kMail);
        observer.tick();
        lend();
        clock.advance(std::chrono::minutes(10));
        observer.tick();
        const auto day = observer.day();
        CHECK(day[142] == DayCurve::Slot{2, 0});
        CHECK(day[143] == DayCurve::Slot{0, 2});
    }

    TEST_CASE_FIXTURE(Fixture, "a shelf that cannot be listed shows no number, and is an alarm")
    {
        spool.fail_writes(true);
        const Situation now = observer.look();
        CHECK(metrics_text(now).find("state=\"held\"") == std::string::npos);
        CHECK(alarms_of(now) ==
              std::vector<std::string>{"held/, failed/ or corrupt/ cannot be listed"});
    }
}
