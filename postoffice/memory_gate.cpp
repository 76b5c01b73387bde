#include "postoffice/memory_gate.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace postoffice
{

namespace asio = boost::asio;

asio::awaitable<bool> MemoryGate::acquire(MemoryBudget::Claim claim, std::size_t bytes)
{
    const MemoryBudget::Answer answer = budget_.grow(claim, bytes);
    if (answer != MemoryBudget::Answer::wait) co_return answer == MemoryBudget::Answer::granted;

    const auto executor = co_await asio::this_coro::executor;
    Waiter waiter{asio::steady_timer(executor, kLongestWait), {}};
    waiters_.emplace(claim, &waiter);
    tell_decisions();
    if (!waiter.decision) co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    waiters_.erase(claim);
    co_return waiter.decision.value_or(false);
}

void MemoryGate::close(MemoryBudget::Claim claim)
{
    budget_.close(claim);
    tell_decisions();
}

void MemoryGate::refuse_all()
{
    for (auto& [claim, waiter] : waiters_) waiter->timer.cancel();
}

void MemoryGate::tell_decisions()
{
    for (const MemoryBudget::Decision& decision : budget_.take_decisions()) {
        const auto found = waiters_.find(decision.claim);
        if (found == waiters_.end()) continue;
        found->second->decision = decision.is_granted;
        found->second->timer.cancel();
    }
}

}  // namespace postoffice
