/// SIGTERM, SIGINT and SIGHUP (a terminal that is gone) become a stop request. Make it before other
/// threads run: it blocks the signals for them.
#pragma once

#include <signal.h>

#include <stop_token>
#include <thread>

namespace postman
{

class StopOnSignal
{
public:
    StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;
    ~StopOnSignal();

    std::stop_token token() const { return stop_.get_token(); }
    void request_stop() { stop_.request_stop(); }

private:
    void wait();

    sigset_t signals_{};
    std::stop_source stop_;
    int wake_ = -1;  // an eventfd that ends the thread
    std::thread thread_;
};

}  // namespace postman
