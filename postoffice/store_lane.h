/// Threads that store mails, so that the network's thread never waits for the disk. Each takes what
/// has gathered, up to a limit, stores it together, and hands all of it back at once.
///
/// Not asio::thread_pool: where the system has no threads left, its constructor waits for ever for
/// those that it has begun.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "postoffice/mail_store.h"
#include "postoffice/waiter.h"

namespace postoffice
{

class StoreLane
{
public:
    struct Sizes {
        std::size_t threads = 1;
        std::size_t together = 1;  // mails that one thread stores at once
    };

    /// store  called on the threads
    /// errors  throws std::system_error when the system has no threads left
    StoreLane(MailStore& store, boost::asio::any_io_executor network, Sizes sizes);
    ~StoreLane();

    struct Job {
        MailStore::Arrival arrival;
        MailStore::Outcome outcome;
    };
    /// Awaits the outcome. `job` must live until then: name it, never write it inside co_await.
    auto store(Job& job)
    {
        return wait_for_other_thread([this, &job](std::unique_ptr<Waiter> waiter) {
            submit({&job, std::move(waiter)});
        });
    }

    /// What was given to store() is stored when it returns.
    void join();

private:
    struct Entry {
        Job* job = nullptr;
        std::unique_ptr<Waiter> waiter;
    };

    void submit(Entry entry);
    void work();
    std::vector<Entry> take();
    void carry_out(std::vector<Entry>& entries);
    void hand_back(std::vector<Entry> entries);

    MailStore& store_;
    boost::asio::any_io_executor network_;
    const std::size_t together_;
    std::mutex mutex_;  // guards the two below
    std::deque<Entry> waiting_;
    bool is_closed_ = false;
    std::condition_variable changed_;
    std::vector<std::jthread> threads_;
};

}  // namespace postoffice
