#include "common/http/worker_pool.h"

namespace mail::http
{

WorkerPool::WorkerPool(std::size_t threads, Work work) : work_(std::move(work))
{
    try {
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
    } catch (...) {
        end();  // those that have begun would wait for work, and we for them
        throw;
    }
}

WorkerPool::~WorkerPool()
{
    end();
}

void WorkerPool::end()
{
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    threads_.clear();
}

void WorkerPool::enqueue(std::unique_ptr<Connection> connection)
{
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(connection));
    }
    wake_.notify_one();
}

void WorkerPool::run()
{
    while (auto connection = take()) work_(std::move(connection));
}

std::unique_ptr<Connection> WorkerPool::take()
{
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return nullptr;
    auto connection = std::move(queue_.front());
    queue_.pop_front();
    return connection;
}

}  // namespace mail::http
