#include "postoffice/store_lane.h"

#include <boost/asio/post.hpp>

#include "common/log.h"

namespace postoffice
{

StoreLane::StoreLane(MailStore& store, boost::asio::any_io_executor network, Sizes sizes)
    : store_(store), network_(std::move(network)), together_(sizes.together)
{
    try {
        for (std::size_t i = 0; i < sizes.threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
        join();  // those that have begun would wait for work, and we for them
        throw;
    }
}

StoreLane::~StoreLane()
{
    join();
}

void StoreLane::join()
{
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
    }
    changed_.notify_all();
    threads_.clear();
}

void StoreLane::submit(Entry entry)
{
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(entry));
    }
    changed_.notify_one();
}

void StoreLane::work()
{
    for (auto entries = take(); !entries.empty(); entries = take()) {
        carry_out(entries);
        hand_back(std::move(entries));
    }
}

/// Waits for something to do; nothing once the lane is closed and empty.
std::vector<StoreLane::Entry> StoreLane::take()
{
    std::vector<Entry> taken;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_closed_ || !waiting_.empty(); });
    while (!waiting_.empty() && taken.size() < together_) {
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return taken;
}

void StoreLane::carry_out(std::vector<Entry>& entries)
try {
    std::vector<MailStore::Arrival> arrivals;
    for (Entry& entry : entries) arrivals.push_back(std::move(entry.job->arrival));
    std::vector<MailStore::Outcome> outcomes = store_.store_all(std::move(arrivals));
    for (std::size_t i = 0; i < entries.size(); ++i)
        entries[i].job->outcome = std::move(outcomes.at(i));
} catch (const std::exception& bug) {
    mail::log::error("not stored", {{"reason", bug.what()}});
}

/// One wake of the network's thread for all of them.
void StoreLane::hand_back(std::vector<Entry> entries)
{
    boost::asio::post(network_, [entries = std::move(entries)]() mutable {
        // The waiter's work may end its job, and the job's connection.
        for (Entry& entry : entries) entry.waiter->resume();
    });
}

}  // namespace postoffice
