#include "common/spool/message_files.h"

#include <vector>

#include "common/log.h"

namespace mail
{
namespace
{

constexpr std::uint64_t kMaxRecordBytes = 4ULL << 30;
constexpr std::chrono::days kHandedDays{7};
constexpr std::chrono::hours kBetweenSweeps{1};

/// yyyymmdd, UTC.
std::string day_of(WallTime time)
{
    std::string day = rfc3339(time).substr(0, 10);
    std::erase(day, '-');
    return day;
}

std::string path_in(const std::string& directory, const SpoolName& name)
{
    return directory + "/" + SpoolLayout::file_name(name);
}

Result<Done> gone_is_fine(Result<Done> result)
{
    if (!result && result.error().kind == ErrorKind::missing) return Done{};
    return result;
}

}  // namespace

Result<Record> MessageFiles::read(const SpoolName& name)
{
    return read_in(layout_.messages_dir(), name);
}

Result<Record> MessageFiles::read_in(const std::string& directory, const SpoolName& name)
{
    auto json = files_.read_all(path_in(directory, name), kMaxRecordBytes);
    // A link, a directory or a pipe of that name is no mail, and never becomes one by waiting.
    if (!json && json.error().kind == ErrorKind::refused)
        return Error{ErrorKind::corrupt, json.error().step};
    if (!json) return std::move(json).error();
    return decode_record(*json, name.id);
}

Result<Done> MessageFiles::list(const std::string& directory,
                                const std::function<void(const SpoolName&)>& each)
{
    return files_.list(directory, [&](std::string_view file) {
        if (const auto name = SpoolLayout::parse(file)) each(*name);
    });
}

std::optional<std::int64_t> MessageFiles::modified_seconds(const SpoolName& name)
{
    return modified_seconds_in(layout_.messages_dir(), name);
}

std::optional<std::int64_t> MessageFiles::modified_seconds_in(const std::string& directory,
                                                              const SpoolName& name)
{
    const auto status = files_.status(path_in(directory, name));
    return status ? std::optional(status->modified_seconds) : std::nullopt;
}

std::uint64_t MessageFiles::octets_in(const std::string& directory, const SpoolName& name)
{
    const auto status = files_.status(path_in(directory, name));
    return status ? status->size : 0;
}

bool MessageFiles::is_missing(const SpoolName& name)
{
    const auto status = files_.status(layout_.message(name));
    return !status && status.error().kind == ErrorKind::missing;
}

Result<Done> MessageFiles::remove(const SpoolName& name)
{
    return gone_is_fine(files_.unlink(layout_.message(name)));
}

/// After a power cut between two directory syncs a mail may lie in both directories; then the one
/// in messages/ takes the other's place: it is the same record.
Result<Done> MessageFiles::move(const SpoolName& name, const std::string& directory)
{
    const std::string from = layout_.message(name);
    const std::string to = path_in(directory, name);
    auto moved = files_.rename_new(from, to);
    if (!moved && moved.error().kind == ErrorKind::conflict) moved = files_.rename_over(from, to);
    return gone_is_fine(std::move(moved));
}

Result<Done> MessageFiles::move_back(const std::string& directory, const SpoolName& name)
{
    return files_.rename_new(path_in(directory, name), layout_.message(name));
}

Result<Done> MessageFiles::move_between(const std::string& from, const SpoolName& name,
                                        const std::string& to)
{
    auto moved = files_.rename_new(path_in(from, name), path_in(to, name));
    if (moved || moved.error().kind != ErrorKind::conflict) return moved;
    return files_.rename_over(path_in(from, name), path_in(to, name));
}

Result<Done> MessageFiles::remove_from(const std::string& directory, const SpoolName& name)
{
    return files_.unlink(path_in(directory, name));
}

Result<Done> MessageFiles::move_to_handed(const SpoolName& name, WallTime now)
{
    return files_.rename_over(layout_.message(name), layout_.handed(day_of(now), name));
}

void MessageFiles::take_back_handed(const SpoolName& name, WallTime now)
{
    const std::string handed = layout_.handed(day_of(now), name);
    if (auto back = files_.rename_new(handed, layout_.message(name)); !back)
        log::error("mail stays in handed/ though nobody got it",
                   {{"id", name.id.hex()}, {"reason", back.error().describe()}});
}

Result<Done> MessageFiles::sync(const std::set<std::string>& directories)
{
    const std::lock_guard lock(syncing_);
    owed_.insert(directories.begin(), directories.end());
    const std::string last = layout_.messages_dir();
    const bool with_messages = owed_.erase(last) != 0;
    while (!owed_.empty()) {
        if (auto ok = files_.sync_dir(*owed_.begin()); !ok) {
            if (with_messages) owed_.insert(last);
            return ok;
        }
        owed_.erase(owed_.begin());
    }
    if (!with_messages) return Done{};
    auto ok = files_.sync_dir(last);
    if (!ok) owed_.insert(last);
    return ok;
}

Result<Done> MessageFiles::drop_copies()
{
    for (const std::string& directory : {layout_.held_dir(), layout_.failed_dir()})
        if (auto ok = drop_copies_in(directory, layout_.messages_dir()); !ok) return ok;
    return drop_copies_in(layout_.held_dir(), layout_.failed_dir());
}

Result<Done> MessageFiles::drop_copies_in(const std::string& directory, const std::string& other)
{
    std::vector<SpoolName> copies;
    auto listed = list(directory, [&](const SpoolName& name) {
        if (modified_seconds_in(other, name)) copies.push_back(name);
    });
    if (!listed || copies.empty()) return listed;
    for (const SpoolName& name : copies)
        if (auto ok = files_.unlink(path_in(directory, name)); !ok) return ok;
    return files_.sync_dir(directory);
}

void MessageFiles::drop_old_handed(const Clock& clock)
{
    if (handed_swept_ && clock.boot() - *handed_swept_ < kBetweenSweeps) return;
    handed_swept_ = clock.boot();
    const std::string oldest = day_of(calendar_.now(clock) - kHandedDays);
    std::vector<std::string> old;
    static_cast<void>(files_.list(layout_.handed_dir(), [&](std::string_view name) {
        if (const auto day = SpoolLayout::handed_day(name); day && *day < oldest)
            old.emplace_back(name);
    }));
    for (const std::string& name : old)
        static_cast<void>(files_.unlink(layout_.handed_dir() + "/" + name));
    if (!old.empty())
        log::info("handed mails dropped",
                  {{"count", old.size()}, {"older_than_days", kHandedDays.count()}});
}

}  // namespace mail
