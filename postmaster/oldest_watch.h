/// Says once when the oldest waiting mail has become old, once more when it is too old, and once
/// when that is over. Pure; one thread.
#pragma once

#include <chrono>
#include <optional>

namespace postmaster
{

class OldestWatch
{
public:
    enum class Word { nothing, is_old, is_too_old, is_over };

    /// age  of the mail that has waited longest; nothing: none waits
    /// What is worth saying now. A stage ends where the age is under half of what begins it, so
    /// that a queue about as old as the mark does not fill the log.
    [[nodiscard]] Word look(std::optional<std::chrono::milliseconds> age);

private:
    enum class Stage { young, old, too_old };
    static Stage stage_for(std::chrono::milliseconds age, Stage before);

    Stage stage_ = Stage::young;
};

}  // namespace postmaster
