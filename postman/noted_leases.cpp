#include "postman/noted_leases.h"

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::uint64_t kMaxNoteBytes = 256;

}  // namespace

void NotedLeases::give_back_old()
{
    if (is_looked_for_) return;
    const auto lease = files_.read_all(note_, kMaxNoteBytes);
    if (lease) {
        const auto ok = postmaster_.release(*lease);
        if (!ok && ok.error().kind != mail::ErrorKind::missing) return;  // at the next lease
        if (ok)
            mail::log::info("lease-given-back", {{"endpoint", postmaster_.name()},
                                                 {"reason", "a run before this one died"}});
        drop_note();
    }
    is_looked_for_ = true;
}

/// An answer says that the lease before it is worked off: else the round would have ended.
mail::Result<Batch> NotedLeases::lease(std::size_t most, std::chrono::seconds wait,
                                       std::stop_token stop)
{
    give_back_old();
    auto batch = postmaster_.lease(most, wait, std::move(stop));
    if (!batch) return batch;
    if (batch->lease.empty())
        drop_note();
    else
        take_note(batch->lease);
    return batch;
}

mail::Result<mail::Done> NotedLeases::release(const std::string& lease)
{
    auto released = postmaster_.release(lease);
    if (released) drop_note();
    return released;
}

/// Not synced: after a power cut the lease ends by itself.
void NotedLeases::take_note(const std::string& lease)
{
    const std::string aside = note_ + ".new";
    static_cast<void>(files_.unlink(aside));
    auto file = files_.create_exclusive(aside);
    if (file && (*file)->write_all(lease) && files_.rename_over(aside, note_)) return;
    mail::log::warning("lease-not-noted", {{"path", note_}});
}

void NotedLeases::drop_note()
{
    static_cast<void>(files_.unlink(note_));
}

}  // namespace postman
