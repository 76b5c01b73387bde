#include "common/spool/journal.h"

#include <algorithm>
#include <charconv>

#include "common/checked_line.h"
#include "common/log.h"

namespace mail
{
namespace
{

constexpr std::uint64_t kReserveBytes = 1 << 20;
constexpr std::uint64_t kCheckpointBytes = 8 << 20;  // of changes since the last one
constexpr std::uint64_t kMaxFileBytes = 4ULL << 30;
constexpr std::string_view kMagic = "postoffice-journal ";
constexpr std::string_view kCheckpointEnd = "checkpoint";

std::string header_of(std::uint64_t generation)
{
    return std::string(kMagic) + std::to_string(generation) + "\n";
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

Journal::Journal(std::array<std::string, 2> paths, Files& files, Snapshot snapshot)
    : paths_(std::move(paths)), files_(files), snapshot_(std::move(snapshot))
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
        if (!fresh) next_checkpoint_ = end_ + kCheckpointBytes;  // go on here; try again later
    }
    auto written = write(checked_line(generation_, payload));
    if (written) written = file_->sync_data();
    if (!written) {
        // What the file holds now is unknown, and a second sync would prove nothing: give it up.
        file_.reset();
        if (!checkpoint()) return written;
        written = write(checked_line(generation_, payload));
        if (written) written = file_->sync_data();
        if (!written) file_.reset();
    }
    if (written) keep_reserve();
    return written;
}

Result<Done> Journal::write(std::string_view line)
{
    auto written = file_->write_at(end_, line);
    if (written) end_ += line.size();
    return written;
}

/// The whole state into the other file; only when that is durable is this one given up.
Result<Done> Journal::checkpoint()
{
    const int other = 1 - slot_;
    auto file = files_.open_for_update(paths_[other]);
    if (!file) return std::move(file).error();

    // A number of its own for each attempt: what a failed one left behind must not pass for a line
    // of this one.
    const std::uint64_t generation = ++last_begun_;
    std::string content = header_of(generation);
    for (const std::string& payload : snapshot_()) content += checked_line(generation, payload);
    content += checked_line(generation, kCheckpointEnd);
    if (auto ok = (*file)->write_at(0, content); !ok) return ok;
    if (auto ok = (*file)->sync_data(); !ok) return ok;
    const auto slash = paths_[other].find_last_of('/');
    if (auto ok = files_.sync_dir(paths_[other].substr(0, slash)); !ok) return ok;

    const auto status = files_.status(paths_[other]);
    file_ = std::move(*file);
    slot_ = other;
    generation_ = generation;
    end_ = content.size();
    reserved_ = status ? std::max(status->size, end_) : end_;
    next_checkpoint_ = end_ + kCheckpointBytes;
    keep_reserve();
    return Done{};
}

/// Zeros behind the end, in good time. On a full disk we live on what is there.
void Journal::keep_reserve()
{
    if (reserved_ > end_ + kReserveBytes / 2) return;
    const std::uint64_t from = std::max(reserved_, end_);
    const std::string zeros(kReserveBytes, '\0');
    if (!file_->write_at(from, zeros) || !file_->sync_data()) {
        log::warning("journal reserve not extended", {{"file", paths_[slot_]}});
        return;
    }
    reserved_ = from + zeros.size();
}

}  // namespace mail
