#include "postmaster/loop_guard.h"

#include "common/log.h"
#include "postmaster/loop_marks.h"

namespace postmaster
{

mail::Result<std::unique_ptr<LoopGuard>> LoopGuard::open(const mail::SpoolLayout& layout,
                                                         std::vector<std::string> courier_names,
                                                         mail::Files& files,
                                                         const mail::Clock& clock)
{
    std::unique_ptr<LoopGuard> guard(
        new LoopGuard(layout.loop_passages(), std::move(courier_names), files, clock));
    const auto lines = guard->lines_.open();
    if (!lines) return lines.error();
    for (const std::string& line : *lines)
        if (const auto passage = decode_passage(line)) guard->book_.count(*passage);
    return guard;
}

unsigned LoopGuard::passages(const mail::SpoolId& id, const mail::Envelope& envelope,
                             std::string_view stored, std::string_view scrubbed)
{
    if (!names_courier(stored, courier_names_)) return 0;
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch());
    const Passage passage{now.count(), id, loop_key(scrubbed, envelope.recipients)};

    const std::lock_guard lock(mutex_);
    const LoopBook::Count count = book_.count(passage);
    if (!count.is_new) return count.passages;
    if (const auto ok = lines_.append(encode_passage(passage)); !ok)
        mail::log::warning("passage not written",
                           {{"id", id.hex()}, {"reason", ok.error().describe()}});
    return count.passages;
}

}  // namespace postmaster
