#include "postmaster/slots.h"

namespace postmaster
{

Slots::Slots(std::size_t count)
{
    state_->free = count;
}

Slots::Slot Slots::try_take()
{
    const std::lock_guard lock(state_->mutex);
    return state_->free == 0 ? nullptr : place_in(state_);
}

Slots::Slot Slots::take(std::chrono::steady_clock::time_point deadline, const std::stop_token& stop)
{
    std::unique_lock lock(state_->mutex);
    const bool is_free =
        state_->freed.wait_until(lock, stop, deadline, [this] { return state_->free > 0; });
    return is_free ? place_in(state_) : nullptr;
}

/// With the mutex held.
Slots::Slot Slots::place_in(const std::shared_ptr<State>& state)
{
    Slot slot(state.get(), [state](void*) {
        {
            const std::lock_guard lock(state->mutex);
            ++state->free;
        }
        state->freed.notify_one();
    });
    --state->free;
    return slot;
}

}  // namespace postmaster
