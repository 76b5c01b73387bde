#include "common/spool/journal.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "common/checked_line.h"
#include "common/log.h"

namespace mail
{
namespace
{

constexpr std::uint64_t kMaxFileBytes = 4ULL << 30;
constexpr std::string_view kMagic = "postoffice-journal ";
constexpr std::string_view kCheckpointEnd = "checkpoint";

std::string header_of(std::uint64_t generation)
{
    return std::string(kMagic) + std::to_string(generation) + "\n";
}

std::string parent_of(const std::string& path)
{
    return path.substr(0, path.find_last_of('/'));
}

/// The generation in the first line, 0 if there is none; takes the line off.
std::uint64_t take_header(std::string_view& content)
{
    const auto end = content.find('\n');
    if (!content.starts_with(kMagic) || end == std::string_view::npos) return 0;
    std::uint64_t generation = 0;
    const auto [rest, fault] =
        std::from_chars(content.data() + kMagic.size(), content.data() + end, generation);
    if (fault != std::errc() || rest != content.data() + end) return 0;
    content.remove_prefix(end + 1);
    return generation;
}

}  // namespace

Journal::Journal(std::array<std::string, 2> paths, Files& files, Snapshot snapshot,
                 JournalSizes sizes)
    : paths_(std::move(paths)), files_(files), snapshot_(std::move(snapshot)), sizes_(sizes)
{
}

Journal::Image Journal::parse(std::string_view content)
{
    Image image;
    const std::uint64_t generation = image.begun = take_header(content);
    if (generation == 0) return image;
    while (const auto payload = take_checked_line(generation, content)) {
        if (*payload == kCheckpointEnd)
            image.generation = generation;
        else
            image.payloads.emplace_back(*payload);
    }
    if (image.generation == 0) image.payloads.clear();  // the checkpoint was never finished
    return image;
}

Result<Done> Journal::open(const Replay& replay)
{
    Image newest;
    for (int slot = 0; slot < 2; ++slot) {
        auto content = files_.read_all(paths_[slot], kMaxFileBytes);
        if (!content && content.error().kind == ErrorKind::missing) continue;
        if (!content) return std::move(content).error();
        Image image = parse(*content);
        last_begun_ = std::max(last_begun_, image.begun);
        if (image.generation <= newest.generation) continue;
        newest = std::move(image);
        slot_ = slot;
    }
    generation_ = newest.generation;
    for (const std::string& payload : newest.payloads) replay(payload);
    // Twice, so that both files own their reserve before the disk fills.
    if (auto ok = checkpoint(); !ok) return ok;
    return checkpoint();
}

Result<Done> Journal::append(std::string_view payload)
{
    if (file_ == nullptr || end_ >= next_checkpoint_) {
        auto fresh = checkpoint();
        if (!fresh && file_ == nullptr) return fresh;
        if (!fresh)
            next_checkpoint_ = end_ + sizes_.checkpoint_bytes;  // go on here; try again later
    }
    if (auto ok = forget_other(); !ok) return ok;
    auto written = write_durably(checked_line(generation_, payload));
    if (!written) {
        file_.reset();  // what it holds now is unknown
        if (!checkpoint()) return written;
        written = write_durably(checked_line(generation_, payload));
        if (!written) file_.reset();
    }
    if (written) keep_reserve();
    return written;
}

Result<Done> Journal::write_durably(std::string_view line)
{
    if (auto ok = write(line); !ok) return ok;
    auto synced = file_->sync_data();
    if (!synced) give_up(slot_);
    return synced;
}

Result<Done> Journal::write(std::string_view line)
{
    auto written = file_->write_at(end_, line);
    if (written) end_ += line.size();
    return written;
}

/// After a failed sync the kernel takes what it could not write for written: a second sync of the
/// same file would succeed and prove nothing.
void Journal::give_up(int slot)
{
    is_given_up_[slot] = true;
    if (slot == slot_) file_.reset();  // its older lines count until the other file has them
}

/// Durable before the next line: else a power cut would bring the unused checkpoint back, and the
/// start would pass over the file that holds the line.
Result<Done> Journal::forget_other()
{
    if (!is_outranked_) return Done{};
    const std::string& path = paths_[1 - slot_];
    auto gone = files_.unlink(path);
    if (!gone && gone.error().kind != ErrorKind::missing) return gone;
    if (auto ok = files_.sync_dir(parent_of(path)); !ok) return ok;
    is_outranked_ = false;
    return Done{};
}

Result<std::unique_ptr<OutFile>> Journal::open_slot(int slot)
{
    if (is_given_up_[slot]) {
        auto gone = files_.unlink(paths_[slot]);
        if (!gone && gone.error().kind != ErrorKind::missing) return std::move(gone).error();
        is_given_up_[slot] = false;
    }
    return files_.open_for_update(paths_[slot]);
}

Result<Done> Journal::write_image(int slot, OutFile& file, std::string_view content)
{
    if (auto ok = file.write_at(0, content); !ok) return ok;
    is_outranked_ = true;  // from here on it may be whole on the disk
    auto synced = file.sync_data();
    if (synced) synced = files_.sync_dir(parent_of(paths_[slot]));
    if (!synced) give_up(slot);
    return synced;
}

/// The whole state into the other file; only when that is durable is this one given up.
Result<Done> Journal::checkpoint()
{
    const int other = 1 - slot_;
    auto file = open_slot(other);
    if (!file) return std::move(file).error();

    // A number of its own for each attempt: what a failed one left behind must not pass for a line
    // of this one.
    const std::uint64_t generation = ++last_begun_;
    std::string content = header_of(generation);
    for (const std::string& payload : snapshot_()) content += checked_line(generation, payload);
    content += checked_line(generation, kCheckpointEnd);
    if (auto ok = write_image(other, **file, content); !ok) return ok;

    const auto status = files_.status(paths_[other]);
    is_outranked_ = false;  // by the one that waits now, which is older
    file_ = std::move(*file);
    slot_ = other;
    generation_ = generation;
    end_ = content.size();
    reserved_ = status ? std::max(status->size, end_) : end_;
    // A large state is not written again before as much has changed.
    next_checkpoint_ = end_ + std::max(sizes_.checkpoint_bytes, end_);
    next_reserve_ = 0;
    keep_reserve();
    if (file_ == nullptr) return Error{ErrorKind::temporary, "sync " + paths_[slot_], EIO};
    return Done{};
}

/// Zeros behind the end, in good time. On a full disk we live on what is there, and try again only
/// when a part of it is used up.
void Journal::keep_reserve()
{
    const bool is_enough = reserved_ > end_ + sizes_.reserve_bytes / 2;
    if (!is_enough && end_ >= next_reserve_) extend_reserve();
}

void Journal::extend_reserve()
{
    const std::uint64_t from = std::max(reserved_, end_);
    const std::string zeros(sizes_.reserve_bytes, '\0');
    auto written = file_->write_at(from, zeros);
    if (!written) {
        if (!is_reserve_short_)
            log::warning("journal reserve not extended",
                         {{"file", paths_[slot_]}, {"reason", written.error().describe()}});
        next_reserve_ = end_ + sizes_.reserve_bytes / 16;
    } else if (!file_->sync_data()) {
        give_up(slot_);
    } else {
        reserved_ = from + zeros.size();
    }
    is_reserve_short_ = !written;
}

}  // namespace mail
