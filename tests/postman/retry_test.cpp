#include "postman/retry.h"

#include <doctest/doctest.h>

#include "postman/backoff.h"
#include "postman/pace.h"
#include "postman/sysexits.h"

using namespace std::chrono_literals;

TEST_SUITE("postman/retry")
{
    TEST_CASE("a retry waits between one second and 60 s doubled per attempt, at most 4,000 s")
    {
        std::uint64_t asked = 0;
        const postman::Chance least = [&](std::uint64_t bound) { return asked = bound, 0; };
        const postman::Chance most = [](std::uint64_t bound) { return bound - 1; };
        const struct {
            std::uint32_t attempts;
            std::chrono::seconds most;
        } rows[] = {{1, 60s},
                    {2, 120s},
                    {3, 240s},
                    {7, 3840s},
                    {8, 4000s},
                    {9, 4000s},
                    {4'000'000'000, 4000s}};
        for (const auto& row : rows) {
            CAPTURE(row.attempts);
            CHECK(postman::retry_delay(row.attempts, least) == 1s);
            CHECK(postman::retry_delay(row.attempts, most) == row.most);
            CHECK(asked == static_cast<std::uint64_t>(row.most.count()));
        }
    }

    TEST_CASE("a lifetime ends so long after the first attempt")
    {
        CHECK_FALSE(postman::is_lifetime_over(1000, 1000 + 431'999, 120h));
        CHECK(postman::is_lifetime_over(1000, 1000 + 432'000, 120h));
    }

    TEST_CASE("an endpoint that is down is asked less and less, and at once again after an answer")
    {
        postman::Backoff backoff([](std::uint64_t bound) { return bound - 1; });
        CHECK(backoff.failed() == 1s);
        CHECK(backoff.failed() == 2s);
        for (int i = 0; i < 10; ++i) (void)backoff.failed();
        CHECK(backoff.failed() == 60s);
        backoff.succeeded();
        CHECK(backoff.failed() == 1s);
    }

    TEST_CASE("the pace gives each mail its turn")
    {
        postman::Pace pace(2, 3);
        CHECK(pace.take_turn(1000ms) == mail::BootTime(1000));
        CHECK(pace.take_turn(1000ms) == mail::BootTime(1500));
        CHECK(pace.take_turn(9000ms) == mail::BootTime(9000));
        CHECK(pace.is_used_up());
        CHECK_FALSE(pace.take_turn(9000ms));
    }

    TEST_CASE("exit codes mean what sysexits.h says")
    {
        using postman::ExitMeaning;
        const struct {
            int code;
            ExitMeaning meaning;
        } rows[] = {
            {0, ExitMeaning::delivered},  {1, ExitMeaning::deferred},  {2, ExitMeaning::deferred},
            {63, ExitMeaning::deferred},  {64, ExitMeaning::failed},   {65, ExitMeaning::failed},
            {66, ExitMeaning::deferred},  {67, ExitMeaning::failed},   {68, ExitMeaning::failed},
            {69, ExitMeaning::deferred},  {70, ExitMeaning::deferred}, {71, ExitMeaning::deferred},
            {72, ExitMeaning::broken},    {73, ExitMeaning::deferred}, {74, ExitMeaning::deferred},
            {75, ExitMeaning::deferred},  {76, ExitMeaning::deferred}, {77, ExitMeaning::broken},
            {78, ExitMeaning::broken},    {79, ExitMeaning::deferred}, {126, ExitMeaning::deferred},
            {127, ExitMeaning::deferred}, {255, ExitMeaning::deferred}};
        for (const auto& row : rows) {
            CAPTURE(row.code);
            CHECK(postman::meaning_of_exit(row.code) == row.meaning);
        }
        CHECK(postman::describe_exit(67) == "exit 67 (no such user)");
        CHECK(postman::describe_exit(3) == "exit 3");
    }
}
