/// The waiting in front of MemoryBudget: a connection that wants more content in memory stops
/// reading until there is room, or until it has waited long enough. One thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <optional>

#include "postoffice/memory_budget.h"

namespace postoffice
{

class MemoryGate
{
public:
    static constexpr std::chrono::seconds kLongestWait{30};

    explicit MemoryGate(std::size_t total_bytes) : budget_(total_bytes) {}

    MemoryBudget::Claim open() { return budget_.open(); }
    /// Waits until the claim may hold `bytes` in all. False: it may not; drop the content and
    /// close().
    boost::asio::awaitable<bool> acquire(MemoryBudget::Claim claim, std::size_t bytes);
    void close(MemoryBudget::Claim claim);
    /// Ends every wait: the server goes down.
    void refuse_all();

private:
    struct Waiter {
        boost::asio::steady_timer timer;
        std::optional<bool> decision;
    };
    void tell_decisions();

    MemoryBudget budget_;
    std::map<MemoryBudget::Claim, Waiter*> waiters_;
};

}  // namespace postoffice
