/// The names on the shelves held/, failed/ and corrupt/, in the order of the queue. A directory has
/// no order; so each look through the three keeps the next names behind a place, as many as a
/// window holds, and a list goes on in that window. Directories of any size cost little memory.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "common/spool/message_files.h"
#include "common/spool/spool.h"

namespace mail
{

class ShelfWindow
{
public:
    using Entry = std::pair<QueuePlace, Shelf>;
    static constexpr std::size_t kNames = 20'000;

    /// files  must outlive it
    explicit ShelfWindow(MessageFiles& files, std::size_t names = kNames)
        : files_(files), names_(names)
    {
    }

    /// The next `max` names behind `after` (cut to the window's size). From the beginning
    /// (QueuePlace{}) it looks anew; behind any other place it may tell what an earlier look saw.
    /// blocks  for reading the three directories, once in a window
    [[nodiscard]] Result<std::vector<Entry>> after(const QueuePlace& after, std::size_t max);

    [[nodiscard]] static std::string directory_of(Shelf shelf, const SpoolLayout& layout);

private:
    Result<Done> look(const QueuePlace& after);
    Result<Done> look_at(Shelf shelf, const QueuePlace& after);
    void keep_first();
    bool covers(const QueuePlace& after, std::size_t max) const;

    MessageFiles& files_;
    const std::size_t names_;
    std::mutex mutex_;  // guards all below; held over a look
    std::vector<Entry> entries_;
    QueuePlace from_;
    bool is_whole_ = false;  // nothing is behind the entries
    bool is_known_ = false;
};

}  // namespace mail
