/// A bounded number of places; who has one gives it back by letting go of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>

namespace postmaster
{

class Slots
{
public:
    using Slot = std::shared_ptr<void>;  // may outlive the Slots

    explicit Slots(std::size_t count);

    /// A place, or nullptr if all are taken.
    [[nodiscard]] Slot try_take();
    /// Waits for a place until `deadline` or a stop; nullptr then.
    [[nodiscard]] Slot take(std::chrono::steady_clock::time_point deadline,
                            const std::stop_token& stop);

private:
    struct State {
        std::mutex mutex;
        std::condition_variable_any freed;
        std::size_t free = 0;
    };
    static Slot place_in(const std::shared_ptr<State>& state);

    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace postmaster
