#include "common/spool/directory_intake.h"

#include <vector>

#include "common/log.h"
#include "common/privacy/message_view.h"
#include "common/spool/commit_replay.h"
#include "common/spool/spool_directory.h"

namespace mail
{
namespace
{

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
        new DirectoryIntake(layout, options, files, clock, std::move(*lock)));
    if (auto ok = replay_commits(intake->layout_, intake->files_); !ok)
        return std::move(ok).error();
    if (auto ok = intake->remove_debris(); !ok) return std::move(ok).error();
    return intake;
}

Result<std::unique_ptr<DirectoryIntake>> DirectoryIntake::open_beside(
    const std::string& beside, const DirectoryIntakeOptions& options, Files& files,
    const Clock& clock)
{
    const SpoolLayout layout(options.root, beside);
    auto lock = prepare_spool(layout, layout.lock_beside(), options.unsafe_spool, files);
    if (!lock) return std::move(lock).error();
    std::unique_ptr<DirectoryIntake> intake(
        new DirectoryIntake(layout, options, files, clock, std::move(*lock)));
    if (auto ok = intake->remove_debris(); !ok) return std::move(ok).error();
    return intake;
}

DirectoryIntake::DirectoryIntake(SpoolLayout layout, const DirectoryIntakeOptions& options,
                                 Files& files, const Clock& clock, LockFile lock)
    : layout_(std::move(layout)),
      min_free_bytes_(options.min_free_bytes),
      files_(files, clock, options.on_sync),
      clock_(clock),
      lock_(std::move(lock)),
      names_([this] { return files_.sync_dir(layout_.messages_dir()); })
{
}

bool DirectoryIntake::is_own_debris(std::string_view name) const
{
    const std::string prefix = layout_.incoming_prefix();
    return name.starts_with(prefix) && SpoolLayout::parse(name.substr(prefix.size()));
}

/// Whatever lies in incoming/ was never acknowledged: its client still has it.
Result<Done> DirectoryIntake::remove_debris()
{
    std::vector<std::string> names;
    auto listed = files_.list(layout_.incoming_dir(), [&](std::string_view name) {
        if (is_own_debris(name)) names.emplace_back(name);
    });
    if (!listed) return listed;
    for (const std::string& name : names)
        if (auto ok = files_.unlink(layout_.incoming_dir() + "/" + name); !ok) return ok;
    if (!names.empty()) log::info("unfinished mails removed", {{"count", names.size()}});
    return Done{};
}

Record DirectoryIntake::record_of(Message message) const
{
    const WallTime now = clock_.wall();
    Record record;
    record.id = SpoolId::generate(now);
    record.envelope = std::move(message.envelope);
    record.content = std::move(message.content);
    record.subject = privacy::decoded_subject(record.content);
    record.timestamp = record_timestamp(now);
    record.sha256 = message.sha256.empty() ? sha256_hex(record.content) : std::move(message.sha256);
    return record;
}

Result<SpoolId> DirectoryIntake::commit(Message message)
{
    const Record record = record_of(std::move(message));
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
    auto named = names_.run();  // 5 the name to the disk, with those of other writers
    if (named) return named;
    return withdraw(ready) ? named : Result<Done>(Done{});
}

/// The name may or may not survive: it is taken back, so that at worst the client's second try
/// makes a duplicate. False if it is settled: postmaster saw the name before we knew, and what it
/// did with the mail is durable. Lent and not yet settled, it is withdrawn, and will come twice.
bool DirectoryIntake::withdraw(const std::string& ready)
{
    const auto gone = files_.unlink(ready);
    const bool is_settled = !gone && gone.error().kind == ErrorKind::missing;
    bool is_durable = true;
    if (is_settled)
        for (const std::string& shelf : {layout_.held_dir(), layout_.failed_dir(),
                                         layout_.corrupt_dir(), layout_.handed_dir()})
            is_durable = is_durable && files_.sync_dir(shelf);
    is_durable = files_.sync_dir(layout_.messages_dir()) && is_durable;
    return !is_settled || !is_durable;
}

bool DirectoryIntake::has_room()
{
    if (is_lost()) return false;
    const auto room = room_at(layout_.root());
    return room && is_enough(*room, min_free_bytes_);
}

}  // namespace mail
