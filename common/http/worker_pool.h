/// A fixed number of threads that answer requests in the order in which they came. The queue is
/// bounded by the listener's cap on connections.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/http/connection.h"

namespace mail::http
{

class WorkerPool
{
public:
    using Work = std::function<void(std::unique_ptr<Connection>)>;

    /// errors  throws std::system_error when the system has no threads left
    WorkerPool(std::size_t threads, Work work);
    /// Ends what was queued and what runs, then joins.
    ~WorkerPool();

    void enqueue(std::unique_ptr<Connection> connection);

private:
    void end();
    void run();
    std::unique_ptr<Connection> take();  // nullptr at the end

    Work work_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::unique_ptr<Connection>> queue_;
    bool ending_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace mail::http
