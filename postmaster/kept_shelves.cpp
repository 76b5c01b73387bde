#include "postmaster/kept_shelves.h"

#include <algorithm>

namespace postmaster
{

using mail::KeptMail;
using mail::Result;
using mail::Shelf;

template <class T, class Take>
Result<T> KeptShelves::looked(Look<T>& look, const Take& take)
{
    const std::lock_guard lock(look.mutex);
    const mail::BootTime start = clock_.boot();
    if (look.seen && start < look.good_until) return *look.seen;
    look.seen = take();
    const mail::BootTime took = clock_.boot() - start;
    look.good_until = start + took + std::max<mail::BootTime>(kGoodFor, took * kRestsTimes);
    return *look.seen;
}

Result<mail::ShelfCounts> KeptShelves::counts()
{
    return looked(counts_, [this] { return hand_out_.count_kept(); });
}

Result<KeptShelves::Newest> KeptShelves::newest()
{
    return looked(newest_, [this] { return take_newest(); });
}

Result<KeptShelves::Newest> KeptShelves::take_newest()
{
    auto kept = hand_out_.kept();  // the longest there first
    if (!kept) return std::move(kept).error();
    Newest newest;
    for (auto mail = kept->rbegin(); mail != kept->rend(); ++mail) {
        auto& shelf = mail->shelf == Shelf::held     ? newest.held
                      : mail->shelf == Shelf::failed ? newest.failed
                                                     : newest.corrupt;
        if (shelf.size() < kNewest) shelf.push_back(std::move(*mail));
    }
    return newest;
}

}  // namespace postmaster
