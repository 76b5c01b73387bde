/// Watches messages/ with inotify and says what came and went. Its thread ends with the object.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "common/result.h"

namespace mail
{

class SpoolWatcher
{
public:
    struct Events {
        std::function<void(const std::string& name)>
            came;  // renamed into the directory, or closed after writing
        std::function<void(const std::string& name)> gone;  // renamed away
        std::function<void()> overflowed;  // events were lost: look at the whole directory
    };

    /// From its return on, nothing that comes is missed. Events are called on the watcher's thread.
    static Result<std::unique_ptr<SpoolWatcher>> start(const std::string& directory, Events events);
    ~SpoolWatcher();

private:
    SpoolWatcher(int inotify, int wake, Events events);
    void run(std::stop_token stop);
    void read_events();

    int inotify_;
    int wake_;  // an eventfd that ends the poll
    Events events_;
    std::jthread thread_;
};

}  // namespace mail
