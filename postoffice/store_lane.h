/// Threads that store mails, so that the network's thread never waits for the disk. Each takes what
/// has gathered, up to a limit, stores it together, and hands all of it back at once.
///
/// Not asio::thread_pool: where the system has no threads left, its constructor waits for ever for
/// those that it has begun.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "postoffice/mail_store.h"

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
        namespace asio = boost::asio;
        const auto start = [this, &job](auto handler) {
            submit({&job, std::make_unique<WaiterFor<decltype(handler)>>(std::move(handler))});
        };
        return asio::async_initiate<const asio::use_awaitable_t<>, void()>(start,
                                                                           asio::use_awaitable);
    }

    /// What was given to store() is stored when it returns.
    void join();

private:
    /// Who waits for a job.
    struct Waiter {
        virtual ~Waiter() = default;
        virtual void resume() = 0;
    };
    template <class Handler>
    struct WaiterFor final : Waiter {
        explicit WaiterFor(Handler waiting)
            : handler(std::move(waiting)),
              guard(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler)))
        {
        }
        void resume() override { boost::asio::dispatch(guard.get_executor(), std::move(handler)); }
        Handler handler;
        // Without it the io_context would not know that something is still to come.
        boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> guard;
    };
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
