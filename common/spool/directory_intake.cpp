#include "common/spool/directory_intake.h"

#include <algorithm>
#include <vector>

#include "common/log.h"
#include "common/privacy/message_view.h"
#include "common/spool/spool_directory.h"

namespace mail
{
namespace
{

constexpr std::uint64_t kDefaultMinFreeBytes = 256ULL << 20;
constexpr std::uint64_t kMinFreeInodes = 1024;

/// Removes the file aside unless the commit took it away.
class RemoveOnExit
{
public:
    RemoveOnExit(Files& files, const std::string& path) : files_(files), path_(path) {}
    RemoveOnExit(const RemoveOnExit&) = delete;
    RemoveOnExit& operator=(const RemoveOnExit&) = delete;
    ~RemoveOnExit()
    {
        if (armed_) static_cast<void>(files_.unlink(path_));
    }
    void disarm() { armed_ = false; }

private:
    Files& files_;
    const std::string& path_;
    bool armed_ = true;
};

}  // namespace

Result<std::unique_ptr<DirectoryIntake>> DirectoryIntake::open(
    const DirectoryIntakeOptions& options, Files& files, const Clock& clock)
{
    const SpoolLayout layout(options.root);
    auto lock = prepare_spool(layout, layout.postoffice_lock(), options.unsafe_spool, files);
    if (!lock) return std::move(lock).error();
    std::unique_ptr<DirectoryIntake> intake(
        new DirectoryIntake(options, files, clock, std::move(*lock)));
    if (auto ok = intake->remove_debris(); !ok) return std::move(ok).error();
    return intake;
}

DirectoryIntake::DirectoryIntake(const DirectoryIntakeOptions& options, Files& files,
                                 const Clock& clock, LockFile lock)
    : layout_(options.root),
      min_free_bytes_(options.min_free_bytes),
      files_(files),
      clock_(clock),
      lock_(std::move(lock))
{
}

/// Whatever lies in incoming/ was never acknowledged: its client still has it.
Result<Done> DirectoryIntake::remove_debris()
{
    std::vector<std::string> names;
    auto listed = files_.list(layout_.incoming_dir(), [&](std::string_view name) {
        if (SpoolLayout::parse(name)) names.emplace_back(name);
    });
    if (!listed) return listed;
    for (const std::string& name : names)
        if (auto ok = files_.unlink(layout_.incoming_dir() + "/" + name); !ok) return ok;
    if (!names.empty()) log::info("unfinished mails removed", {{"count", names.size()}});
    return Done{};
}

Result<SpoolId> DirectoryIntake::commit(Message message)
{
    const WallTime now = clock_.wall();
    Record record;
    record.id = SpoolId::generate(now);
    record.envelope = std::move(message.envelope);
    record.content = std::move(message.content);
    record.subject = privacy::decoded_subject(record.content);
    record.timestamp = record_timestamp(now);
    record.sha256 = sha256_hex(record.content);
    if (auto ok = write_durably(record); !ok) return std::move(ok).error();
    return record.id;
}

/// The durable write (docs/spool.md): after it, the mail survives a power cut.
Result<Done> DirectoryIntake::write_durably(const Record& record)
{
    const std::string aside = layout_.incoming(record.id);
    const std::string ready = layout_.message({record.id});

    auto file = files_.create_exclusive(aside);  // 1 never reuse a name
    if (!file) return std::move(file).error();
    RemoveOnExit no_debris(files_, aside);

    const auto write = [&](std::string_view piece) { return (*file)->write_all(piece); };
    if (auto ok = encode_record(record, write); !ok) return ok;  // 2 bytes to the kernel
    if (auto ok = (*file)->sync(); !ok) return ok;               // 3 bytes to the disk
    if (auto ok = (*file)->close(); !ok) return ok;
    if (auto ok = files_.rename_new(aside, ready); !ok)
        return ok;  // 4 commit; refuses to overwrite
    no_debris.disarm();
    auto named = files_.sync_dir(layout_.messages_dir());  // 5 the name to the disk
    if (!named) {
        // The name may or may not survive: take it back, so that at worst the client's second try
        // makes a duplicate.
        static_cast<void>(files_.unlink(ready));
        static_cast<void>(files_.sync_dir(layout_.messages_dir()));
    }
    return named;
}

bool DirectoryIntake::has_room()
{
    const auto room = room_at(layout_.root());
    if (!room) return false;
    const std::uint64_t least = min_free_bytes_ != 0
                                    ? min_free_bytes_
                                    : std::min(room->total_bytes / 20, kDefaultMinFreeBytes);
    const bool inodes_left = room->total_inodes == 0 ||
                             room->free_inodes >= std::min(room->total_inodes / 20, kMinFreeInodes);
    return room->free_bytes >= least && inodes_left;
}

}  // namespace mail
