/// Runs blocking work on a pool of threads and resumes the caller on its own executor.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace postoffice
{

/// work  called once on a thread of the pool; puts its result where its owner finds it. It must not
///       throw, and must live until the wait is over: name it, never write it inside co_await
template <class Work>
auto run_blocking(boost::asio::thread_pool& pool, Work& work)
{
    namespace asio = boost::asio;
    const auto start = [&pool, &work](auto handler) {
        // Without the guard the io_context would not know that something is still to come.
        auto guard = asio::make_work_guard(asio::get_associated_executor(handler));
        asio::post(pool, [&work, guard = std::move(guard), handler = std::move(handler)]() mutable {
            work();
            asio::post(guard.get_executor(), std::move(handler));
        });
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
}

}  // namespace postoffice
