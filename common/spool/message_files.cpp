#include "common/spool/message_files.h"

#include <vector>

#include "common/log.h"

namespace mail
{
namespace
{

constexpr std::uint64_t kMaxRecordBytes = 4ULL << 30;
constexpr std::chrono::days kHandedDays{7};

/// yyyymmdd, UTC.
std::string day_of(WallTime time)
{
    std::string day = rfc3339(time).substr(0, 10);
    std::erase(day, '-');
    return day;
}

Result<Done> gone_is_fine(Result<Done> result)
{
    if (!result && result.error().kind == ErrorKind::missing) return Done{};
    return result;
}

}  // namespace

Result<Record> MessageFiles::read(const SpoolName& name)
{
    auto json = files_.read_all(layout_.message(name), kMaxRecordBytes);
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
    const auto status = files_.status(layout_.message(name));
    return status ? std::optional(status->modified_seconds) : std::nullopt;
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
    const std::string to = directory + "/" + SpoolLayout::file_name(name);
    auto moved = files_.rename_new(from, to);
    if (!moved && moved.error().kind == ErrorKind::conflict) moved = files_.rename_over(from, to);
    return gone_is_fine(std::move(moved));
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
    for (const std::string& directory : directories)
        if (auto ok = files_.sync_dir(directory); !ok) return ok;
    return Done{};
}

Result<Done> MessageFiles::drop_copies()
{
    for (const std::string& directory : {layout_.held_dir(), layout_.failed_dir()})
        if (auto ok = drop_copies_in(directory); !ok) return ok;
    return Done{};
}

Result<Done> MessageFiles::drop_copies_in(const std::string& directory)
{
    std::vector<SpoolName> copies;
    auto listed = list(directory, [&](const SpoolName& name) {
        if (modified_seconds(name)) copies.push_back(name);
    });
    if (!listed || copies.empty()) return listed;
    for (const SpoolName& name : copies)
        if (auto ok = files_.unlink(directory + "/" + SpoolLayout::file_name(name)); !ok) return ok;
    return files_.sync_dir(directory);
}

void MessageFiles::drop_old_handed(WallTime now)
{
    const std::string today = day_of(now);
    if (handed_swept_ == today) return;
    handed_swept_ = today;
    const std::string oldest = day_of(now - kHandedDays);
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
