#include "postoffice/login_lane.h"

#include <boost/asio/post.hpp>

#include "common/log.h"

namespace postoffice
{

using Verdict = mail::Users::Verdict;

LoginLane::LoginLane(mail::Users& users, boost::asio::any_io_executor network)
    : users_(users), network_(std::move(network))
{
    try {
        for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
        join();
        throw;
    }
}

LoginLane::~LoginLane()
{
    join();
}

void LoginLane::join()
{
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
    }
    changed_.notify_all();
    threads_.clear();
}

bool LoginLane::check_at_once(Job& job)
{
    bool is_full = false;
    {
        const std::lock_guard lock(mutex_);
        is_full = waiting_.size() >= kMostWaiting;
    }
    const bool is_known = users_.remembers(job.credentials);
    if (!is_known && !is_full) return false;
    job.login = {is_known ? Verdict::welcome : Verdict::busy, job.credentials.name};
    mail::wipe(job.credentials);
    return true;
}

void LoginLane::submit(Entry entry)
{
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(entry));
    }
    changed_.notify_one();
}

void LoginLane::work()
{
    for (Entry entry = take(); entry.job != nullptr; entry = take()) {
        try {
            entry.job->login = users_.check_password(entry.job->credentials);
        } catch (const std::exception& trouble) {
            mail::log::error("login not checked", {{"reason", trouble.what()}});
            entry.job->login = {Verdict::busy, {}};
        }
        mail::wipe(entry.job->credentials);
        boost::asio::post(network_,
                          [waiter = std::move(entry.waiter)]() mutable { waiter->resume(); });
    }
}

/// Waits for something to do; nothing once the lane is closed and empty.
LoginLane::Entry LoginLane::take()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return {};
    Entry entry = std::move(waiting_.front());
    waiting_.pop_front();
    return entry;
}

}  // namespace postoffice
