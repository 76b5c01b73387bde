/// Who works off a queue directory of nullmailer's: one at a time.
#pragma once

#include <string>

namespace mail::nullmailer
{

/// Exclusive on the directory itself (flock): nothing is left in it, and `postman pickup` and
/// `postoffice pickup` keep out of each other's way, whatever their states.
class QueueLock
{
public:
    /// Never waits.
    explicit QueueLock(const std::string& queue);
    QueueLock(const QueueLock&) = delete;
    QueueLock& operator=(const QueueLock&) = delete;
    ~QueueLock();

    /// False: no such directory, or it may not be read.
    bool can_be_read() const { return descriptor_ >= 0; }
    /// False: somebody else is at work on it.
    bool is_held() const { return is_held_; }

private:
    int descriptor_;
    bool is_held_ = false;
};

/// nullmailer-send holds the reading end of the trigger FIFO beside the queue as long as it runs.
[[nodiscard]] bool is_nullmailer_at_work(const std::string& queue);

}  // namespace mail::nullmailer
