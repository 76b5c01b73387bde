/// What a pickup waits for: mail in the queue, a signal, some time. For one thread; make it before
/// others run, since it blocks the signals for them.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/result.h"

namespace postoffice
{

class QueueWatch
{
public:
    /// From its return on, no file that comes into the directory is missed, and SIGTERM, SIGINT and
    /// SIGHUP only ask for a stop.
    static mail::Result<std::unique_ptr<QueueWatch>> start(const std::string& queue);
    QueueWatch(const QueueWatch&) = delete;
    QueueWatch& operator=(const QueueWatch&) = delete;
    ~QueueWatch();

    /// Never blocks. Stays true.
    [[nodiscard]] bool is_stop_asked();
    /// returns  whether something came into the directory, or was closed there after writing; at
    ///          once when a stop is asked for
    [[nodiscard]] bool wait(std::chrono::milliseconds at_most);

private:
    QueueWatch(int inotify, int signals) : inotify_(inotify), signals_(signals) {}

    int inotify_;
    int signals_;
    bool is_stop_asked_ = false;
};

}  // namespace postoffice
