/// Threads that compute slow password hashes, so that the network's thread never does. Few: a flood
/// of guesses takes two processors at most, and who is remembered does not wait behind it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/users/users.h"
#include "postoffice/waiter.h"

namespace postoffice
{

class LoginLane
{
public:
    static constexpr std::size_t kThreads = 2;
    static constexpr std::size_t kMostWaiting = 64;  // then Verdict::busy

    /// errors  throws std::system_error when the system has no threads left
    LoginLane(mail::Users& users, boost::asio::any_io_executor network);
    ~LoginLane();

    struct Job {
        mail::Credentials credentials;  // the password is overwritten after the check
        mail::Users::Login login;
    };
    /// What needs no slow hash: true, and the job is done.
    bool check_at_once(Job& job);
    /// Awaits the check. `job` must live until then: name it, never write it inside co_await.
    auto check(Job& job)
    {
        return wait_for_other_thread([this, &job](std::unique_ptr<Waiter> waiter) {
            submit({&job, std::move(waiter)});
        });
    }

    /// What was given to check() is done when it returns.
    void join();

private:
    struct Entry {
        Job* job = nullptr;
        std::unique_ptr<Waiter> waiter;
    };
    void submit(Entry entry);
    void work();
    Entry take();

    mail::Users& users_;
    boost::asio::any_io_executor network_;
    std::mutex mutex_;  // guards the two below
    std::deque<Entry> waiting_;
    bool is_closed_ = false;
    std::condition_variable changed_;
    std::vector<std::jthread> threads_;
};

}  // namespace postoffice
