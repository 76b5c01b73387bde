#include "postman/pulse.h"

#include <doctest/doctest.h>

#include "tests/support/manual_clock.h"

using namespace postman;
using namespace std::chrono_literals;

namespace
{

/// A machine that runs, and sleeps.
struct Machine {
    mail::test::ManualClock clock;
    Pulse::AwakeTime awake{};
    Pulse pulse{900s, clock, [this] { return awake; }};

    void run(std::chrono::seconds time)
    {
        clock.advance(time);
        awake += time;
    }
    void suspend(std::chrono::seconds time) { clock.advance(time); }
};

}  // namespace

TEST_SUITE("postman/pulse")
{
    TEST_CASE_FIXTURE(Machine, "a watch that does not turn is stuck, and named")
    {
        pulse.turn("https://a.example");
        pulse.turn("https://b.example");
        run(900s);
        CHECK(!pulse.stuck());
        pulse.turn("https://a.example");
        run(1s);
        CHECK(pulse.stuck() == "https://b.example");

        SUBCASE("one that has ended is not missed")
        {
            pulse.end("https://b.example");
            CHECK(!pulse.stuck());
        }
        SUBCASE("a long round is no silence")
        {
            pulse.step();
            CHECK(!pulse.stuck());
            run(901s);
            CHECK(pulse.stuck());
        }
    }

    TEST_CASE_FIXTURE(Machine, "a machine that was suspended has no stuck watch")
    {
        pulse.turn("https://a.example");
        run(60s);
        suspend(36'000s);
        CHECK(!pulse.stuck());
        run(840s);
        CHECK(!pulse.stuck());
        run(1s);
        CHECK(pulse.stuck());
    }

    TEST_CASE("a low --rate widens what counts as silence")
    {
        CHECK(silence_limit(0) == 900s);
        CHECK(silence_limit(0.001) == 2900s);
        CHECK(silence_limit(1e-300) > 900s);
    }

    TEST_CASE("the status line adds up the rounds")
    {
        mail::test::ManualClock clock;
        Pulse pulse(900s, clock);
        pulse.turn("https://a.example");
        CHECK(pulse.status() ==
              "endpoints: 1; mails: 0, delivered: 0, deferred: 0; waiting for mail");
        Round round;
        round.counts.mails = 3;
        round.counts.delivered = 2;
        round.counts.deferred = 1;
        pulse.end_round("https://a.example", round);
        CHECK(pulse.status() ==
              "endpoints: 1; mails: 3, delivered: 2, deferred: 1; last round with mail " +
                  mail::rfc3339(clock.wall()));
        Round failed;
        failed.endpoint_failed = true;
        pulse.end_round("https://a.example", failed);
        CHECK(pulse.status().starts_with("endpoints: 1, not reached: 1; mails: 3,"));
    }
}
