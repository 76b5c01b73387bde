#include "common/spool/shared_sync.h"

#include <doctest/doctest.h>

#include <atomic>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace mail;

TEST_SUITE("common/spool/shared_sync")
{
    TEST_CASE("who comes during a sync shares the next one: the one under way does not cover him")
    {
        std::atomic<int> syncs = 0;
        std::binary_semaphore begun{0}, go_on{0};
        SharedSync shared([&]() -> Result<Done> {
            if (++syncs == 1) {
                begun.release();
                go_on.acquire();
            }
            return Done{};
        });
        std::atomic<int> done = 0;
        std::vector<std::jthread> threads;
        threads.emplace_back([&] { done += shared.run().has_value(); });
        begun.acquire();
        for (int i = 0; i < 3; ++i) threads.emplace_back([&] { done += shared.run().has_value(); });
        CHECK(done == 0);
        go_on.release();
        threads.clear();
        CHECK(done == 4);
        CHECK(syncs >= 2);
        CHECK(syncs <= 4);
    }

    TEST_CASE("a failed sync is told to all who shared it, and to nobody after them")
    {
        bool fails = true;
        SharedSync shared([&]() -> Result<Done> {
            if (fails) return Error{ErrorKind::temporary, "sync", 5};
            return Done{};
        });
        CHECK_FALSE(shared.run());
        fails = false;
        CHECK(shared.run());
    }

    TEST_CASE("what a sync throws ends its round")
    {
        bool throws = true;
        SharedSync shared([&]() -> Result<Done> {
            if (throws) throw std::runtime_error("cut");
            return Done{};
        });
        CHECK_THROWS(static_cast<void>(shared.run()));
        throws = false;
        CHECK(shared.run());
    }
}
