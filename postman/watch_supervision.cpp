#include "postman/watch_supervision.h"

#include <condition_variable>
#include <mutex>

#include "common/log.h"

namespace postman
{

WatchSupervision::WatchSupervision(mail::Supervisor& supervisor, const Pulse& pulse)
    : supervisor_(supervisor), pulse_(pulse)
{
    supervisor_.ready(pulse_.status());
    thread_ = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
}

WatchSupervision::~WatchSupervision()
{
    thread_.request_stop();
    thread_.join();
    supervisor_.stopping(pulse_.status());
}

void WatchSupervision::run(std::stop_token stop)
{
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any changed;
    bool is_told = false;
    while (!stop.stop_requested()) {
        const auto stuck = pulse_.stuck();
        if (!stuck) supervisor_.alive();
        if (stuck && !is_told) mail::log::error("watch-stuck", {{"endpoint", *stuck}});
        is_told = stuck.has_value();
        if (supervisor_.is_heard()) supervisor_.status(pulse_.status());
        changed.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
}

}  // namespace postman
