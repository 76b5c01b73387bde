#include "postoffice/memory_budget.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace postoffice;
using Answer = MemoryBudget::Answer;

namespace postoffice
{
bool operator==(const MemoryBudget::Decision& a, const MemoryBudget::Decision& b)
{
    return a.claim == b.claim && a.is_granted == b.is_granted;
}
}  // namespace postoffice

using Decisions = std::vector<MemoryBudget::Decision>;

TEST_SUITE("postoffice/memory_budget")
{
    TEST_CASE("claims grow while there is room, and give it back when they close")
    {
        MemoryBudget budget(100);
        const auto a = budget.open();
        const auto b = budget.open();
        CHECK(budget.grow(a, 60) == Answer::granted);
        CHECK(budget.grow(a, 40) == Answer::granted);
        CHECK(budget.grow(b, 40) == Answer::granted);
        CHECK(budget.held_bytes() == 100);
        budget.close(a);
        budget.close(a);
        CHECK(budget.held_bytes() == 40);
        CHECK(budget.grow(b, 101) == Answer::refused);
    }

    TEST_CASE("who waits is served in order of age, mails under way first")
    {
        MemoryBudget budget(100);
        const auto a = budget.open();
        const auto b = budget.open();
        const auto c = budget.open();
        const auto d = budget.open();
        CHECK(budget.grow(a, 50) == Answer::granted);
        CHECK(budget.grow(d, 40) == Answer::granted);
        CHECK(budget.grow(b, 30) == Answer::wait);
        CHECK(budget.grow(c, 5) == Answer::wait);
        CHECK(budget.take_decisions().empty());
        CHECK(budget.grow(d, 60) == Answer::wait);
        CHECK(budget.waiting() == 3);
        budget.close(a);
        CHECK(budget.take_decisions() == Decisions{{d, true}, {b, true}, {c, true}});
        CHECK(budget.waiting() == 0);
        CHECK(budget.held_bytes() == 95);
    }

    TEST_CASE("where all that hold memory wait, the youngest is refused and the oldest goes on")
    {
        MemoryBudget budget(100);
        const auto a = budget.open();
        const auto b = budget.open();
        budget.grow(a, 50);
        budget.grow(b, 50);
        CHECK(budget.grow(a, 60) == Answer::wait);
        CHECK(budget.take_decisions().empty());
        CHECK(budget.grow(b, 60) == Answer::wait);
        CHECK(budget.take_decisions() == Decisions{{b, false}});
        budget.close(b);
        CHECK(budget.take_decisions() == Decisions{{a, true}});
    }

    TEST_CASE("one that gives up waiting makes way")
    {
        MemoryBudget budget(100);
        const auto a = budget.open();
        const auto b = budget.open();
        const auto c = budget.open();
        budget.grow(a, 90);
        CHECK(budget.grow(b, 50) == Answer::wait);
        CHECK(budget.grow(c, 10) == Answer::wait);
        budget.close(b);
        CHECK(budget.take_decisions() == Decisions{{c, true}});
    }

    TEST_CASE(
        "whatever mails come, the budget is kept, none is stuck and the oldest under way is never "
        "refused")
    {
        std::mt19937 random(1);
        MemoryBudget budget(1000);
        struct Mail {
            std::size_t size, held = 0;
            bool waits = false;
        };
        std::map<MemoryBudget::Claim, Mail> mails;
        int ended = 0, refused = 0;
        for (int step = 0; step < 20'000; ++step) {
            if (mails.size() < 8) mails[budget.open()] = {random() % 1000 + 1};
            for (auto& [claim, mail] : mails) {
                if (mail.waits || random() % 3 == 0) continue;
                const std::size_t wanted = std::min(mail.size, mail.held + 100);
                const Answer answer = budget.grow(claim, wanted);
                REQUIRE(answer != Answer::refused);
                mail.waits = answer == Answer::wait;
                if (!mail.waits) mail.held = wanted;
            }
            const bool all_wait = std::all_of(mails.begin(), mails.end(),
                                              [](const auto& entry) { return entry.second.waits; });
            const auto decisions = budget.take_decisions();
            REQUIRE((!all_wait || !decisions.empty()));
            for (const auto& decision : decisions) {
                Mail& mail = mails.at(decision.claim);
                mail.waits = false;
                if (decision.is_granted) {
                    mail.held = std::min(mail.size, mail.held + 100);
                    continue;
                }
                const auto oldest = std::find_if(mails.begin(), mails.end(), [](const auto& entry) {
                    return entry.second.held > 0;
                });
                CHECK(oldest->first != decision.claim);
                budget.close(decision.claim);
                mails.erase(decision.claim);
                ++refused;
            }
            for (auto at = mails.begin(); at != mails.end();) {
                if (at->second.held < at->second.size || at->second.waits) {
                    ++at;
                    continue;
                }
                budget.close(at->first);
                at = mails.erase(at);
                ++ended;
            }
            REQUIRE(budget.held_bytes() <= 1000);
        }
        CHECK(ended > 1000);
        CHECK(refused > 0);
    }
}
