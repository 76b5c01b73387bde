/// One sync for all who wait for it (group commit). Whoever comes while one is under way waits for
/// the next: only a sync that began after his change covers it.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "common/result.h"

namespace mail
{

class SharedSync
{
public:
    /// sync  called by one thread at a time
    explicit SharedSync(std::function<Result<Done>()> sync) : sync_(std::move(sync)) {}

    /// Returns what a sync said that began after this call did. Any thread; blocks for up to two
    /// syncs. What `sync` throws goes to the thread that made it; the others get an error.
    [[nodiscard]] Result<Done> run();

private:
    struct Round {
        bool is_over = false;
        Result<Done> result = Error{ErrorKind::temporary, "sync together", 0};
    };
    class Ending;

    std::function<Result<Done>()> sync_;
    std::mutex mutex_;
    std::condition_variable over_;
    bool is_running_ = false;
    std::shared_ptr<Round> next_ = std::make_shared<Round>();
};

}  // namespace mail
