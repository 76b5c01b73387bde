#include "common/spool/shelf_window.h"

#include <algorithm>

namespace mail
{
namespace
{

bool is_behind(const QueuePlace& place, const ShelfWindow::Entry& entry)
{
    return place < entry.first;
}

}  // namespace

std::string ShelfWindow::directory_of(Shelf shelf, const SpoolLayout& layout)
{
    switch (shelf) {
        case Shelf::failed:
            return layout.failed_dir();
        case Shelf::corrupt:
            return layout.corrupt_dir();
        case Shelf::held:
            break;
    }
    return layout.held_dir();
}

Result<std::vector<ShelfWindow::Entry>> ShelfWindow::after(const QueuePlace& after, std::size_t max)
{
    const std::lock_guard lock(mutex_);
    max = std::min(max, names_);
    if (after == QueuePlace{} || !covers(after, max))
        if (auto ok = look(after); !ok) return std::move(ok).error();
    const auto first = std::upper_bound(entries_.begin(), entries_.end(), after, is_behind);
    const auto left = static_cast<std::size_t>(entries_.end() - first);
    return std::vector<Entry>(first, first + static_cast<std::ptrdiff_t>(std::min(left, max)));
}

bool ShelfWindow::covers(const QueuePlace& after, std::size_t max) const
{
    if (!is_known_ || after < from_) return false;
    if (is_whole_) return true;
    const auto first = std::upper_bound(entries_.begin(), entries_.end(), after, is_behind);
    return static_cast<std::size_t>(entries_.end() - first) >= max;
}

Result<Done> ShelfWindow::look(const QueuePlace& after)
{
    entries_.clear();
    is_known_ = false;
    is_whole_ = true;
    from_ = after;
    for (const Shelf shelf : {Shelf::held, Shelf::failed, Shelf::corrupt})
        if (auto ok = look_at(shelf, after); !ok) return ok;
    keep_first();
    is_known_ = true;
    return Done{};
}

Result<Done> ShelfWindow::look_at(Shelf shelf, const QueuePlace& after)
{
    const std::string directory = directory_of(shelf, files_.layout());
    return files_.list(directory, [&](const SpoolName& name) {
        QueuePlace place{name.id.unix_milliseconds().value_or(0), name.id, name.of_original};
        if (name.of_original) {
            const auto written = files_.modified_seconds_in(directory, name);
            place.milliseconds =
                static_cast<std::uint64_t>(std::max<std::int64_t>(written.value_or(0), 0)) * 1000;
        }
        if (place <= after) return;
        entries_.emplace_back(place, shelf);
        if (entries_.size() >= 2 * names_) keep_first();
    });
}

/// In order, and no more than the window holds.
void ShelfWindow::keep_first()
{
    std::sort(entries_.begin(), entries_.end());
    if (entries_.size() <= names_) return;
    entries_.resize(names_);
    is_whole_ = false;
}

}  // namespace mail
