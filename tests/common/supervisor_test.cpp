#include "common/supervisor/supervisor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "tests/support/manual_clock.h"

using namespace std::chrono_literals;

namespace
{

struct Heard {
    std::vector<std::string> states;
    mail::Supervisor::Send sink()
    {
        return [this](const std::string& state) { states.push_back(state); };
    }
    std::size_t count(const std::string& state) const
    {
        return static_cast<std::size_t>(std::count(states.begin(), states.end(), state));
    }
};

}  // namespace

TEST_SUITE("common/supervisor")
{
    TEST_CASE("signs of life come four times in the time that systemd allows, and no more often")
    {
        mail::test::ManualClock clock;
        Heard heard;
        mail::Supervisor supervisor(heard.sink(), 60s, clock);
        for (int second = 0; second < 60; ++second) {
            supervisor.alive();
            supervisor.alive();
            clock.advance(1s);
        }
        CHECK(heard.count("WATCHDOG=1") == 4);
    }

    TEST_CASE("a loop that is silent is not covered for")
    {
        mail::test::ManualClock clock;
        Heard heard;
        mail::Supervisor supervisor(heard.sink(), 60s, clock);
        supervisor.alive();
        for (int second = 0; second < 600; ++second) {
            clock.advance(1s);
            supervisor.status("at " + std::to_string(second));
        }
        CHECK(heard.count("WATCHDOG=1") == 1);
    }

    TEST_CASE("without a watchdog there are no signs of life, without a listener nothing at all")
    {
        mail::test::ManualClock clock;
        Heard heard;
        mail::Supervisor unwatched(heard.sink(), 0s, clock);
        unwatched.alive();
        CHECK(heard.states.empty());
        mail::Supervisor unheard(nullptr, 60s, clock);
        unheard.ready("on");
        unheard.alive();
        unheard.stopping("off");
        CHECK(!unheard.is_heard());
    }

    TEST_CASE("a status goes out when it has changed, at most every five seconds, and on one line")
    {
        mail::test::ManualClock clock;
        Heard heard;
        mail::Supervisor supervisor(heard.sink(), 0s, clock);
        supervisor.ready("1 waiting");
        supervisor.status("1 waiting");
        CHECK(heard.states == std::vector<std::string>{"READY=1\nSTATUS=1 waiting"});
        supervisor.status("2 waiting");
        supervisor.status("3 waiting");
        CHECK(heard.states.back() == "STATUS=2 waiting");
        clock.advance(mail::Supervisor::kStatusEvery);
        supervisor.status("4\nWATCHDOG=1");
        CHECK(heard.states.back() == "STATUS=4 WATCHDOG=1");
    }
}
