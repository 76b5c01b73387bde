#include "common/spool/shared_sync.h"

namespace mail
{

/// Ends a round, also where the sync throws.
class SharedSync::Ending
{
public:
    Ending(SharedSync& shared, Round& round) : shared_(shared), round_(round) {}
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    ~Ending()
    {
        const std::scoped_lock lock(shared_.mutex_);
        round_.is_over = true;
        shared_.is_running_ = false;
        shared_.over_.notify_all();
    }

private:
    SharedSync& shared_;
    Round& round_;
};

Result<Done> SharedSync::run()
{
    std::unique_lock lock(mutex_);
    const std::shared_ptr<Round> mine = next_;
    over_.wait(lock, [&] { return mine->is_over || !is_running_; });
    if (mine->is_over) return mine->result;
    is_running_ = true;
    next_ = std::make_shared<Round>();
    lock.unlock();
    const Ending ending(*this, *mine);
    mine->result = sync_();
    return mine->result;
}

}  // namespace mail
