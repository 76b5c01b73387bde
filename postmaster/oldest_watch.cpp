#include "postmaster/oldest_watch.h"

#include "postmaster/alarms.h"

namespace postmaster
{

OldestWatch::Word OldestWatch::look(std::optional<std::chrono::milliseconds> age)
{
    const Stage before = stage_;
    stage_ = stage_for(age.value_or(std::chrono::milliseconds(0)), before);
    if (stage_ > before) return stage_ == Stage::too_old ? Word::is_too_old : Word::is_old;
    return stage_ == Stage::young && before != Stage::young ? Word::is_over : Word::nothing;
}

OldestWatch::Stage OldestWatch::stage_for(std::chrono::milliseconds age, Stage before)
{
    if (age >= kTooOldIs) return Stage::too_old;
    if (before == Stage::too_old && age >= kTooOldIs / 2) return Stage::too_old;
    if (age >= kOldIs) return Stage::old;
    const std::chrono::milliseconds half = std::chrono::milliseconds(kOldIs) / 2;
    return before != Stage::young && age >= half ? Stage::old : Stage::young;
}

}  // namespace postmaster
