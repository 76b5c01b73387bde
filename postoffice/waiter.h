/// A coroutine of the network's thread that waits for work on another thread.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace postoffice
{

struct Waiter {
    virtual ~Waiter() = default;
    /// On the network's thread; what waited may be gone when it returns.
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

/// Awaits until somebody calls resume() on the waiter that `submit` is given.
template <class Submit>
auto wait_for_other_thread(Submit submit)
{
    namespace asio = boost::asio;
    const auto start = [submit = std::move(submit)](auto handler) {
        submit(std::make_unique<WaiterFor<decltype(handler)>>(std::move(handler)));
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
}

}  // namespace postoffice
