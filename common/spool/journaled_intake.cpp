#include "common/spool/journaled_intake.h"

#include <algorithm>
#include <utility>

#include "common/log.h"
#include "common/spool/spool_directory.h"

namespace mail
{

namespace
{

/// A file in incoming/ that goes unless it is renamed into messages/.
class Aside
{
public:
    Aside() = default;
    Aside(Files& files, std::string path) : files_(&files), path_(std::move(path)) {}
    Aside(Aside&& other) noexcept
        : files_(std::exchange(other.files_, nullptr)), path_(std::move(other.path_))
    {
    }
    Aside& operator=(Aside&& other) noexcept
    {
        std::swap(files_, other.files_);
        std::swap(path_, other.path_);
        return *this;
    }
    ~Aside()
    {
        if (files_ != nullptr) static_cast<void>(files_->unlink(path_));
    }
    bool is_there() const { return files_ != nullptr; }
    Result<Done> rename_to(const std::string& path)
    {
        auto renamed = files_->rename_new(path_, path);
        if (renamed) files_ = nullptr;
        return renamed;
    }

private:
    Files* files_ = nullptr;
    std::string path_;
};

/// Says it in any case: a checkpoint waits for it.
class Publishing
{
public:
    Publishing(CommitJournal& journal, CommitJournal::Group group)
        : journal_(journal), group_(group)
    {
    }
    Publishing(const Publishing&) = delete;
    Publishing& operator=(const Publishing&) = delete;
    ~Publishing() { journal_.published(group_); }

private:
    CommitJournal& journal_;
    CommitJournal::Group group_;
};

/// A sixty-fourth of the disk, and not more than what a second brings (10,000 mails of 4 KB are
/// 44 MB), so that a checkpoint begins for its time and not for want of room.
constexpr std::uint64_t kMaxFileBytes = 64 << 20;
constexpr std::uint64_t kMinFileBytes = 1 << 20;
constexpr std::uint64_t kPartOfDisk = 64;

Result<std::unique_ptr<CommitJournal>> open_journal(const DirectoryIntakeOptions& options,
                                                    CommitJournalOptions journal,
                                                    const SpoolLayout& layout, Files& files)
{
    if (journal.file_bytes != 0) return CommitJournal::open(layout, files, journal);
    if (!options.unsafe_spool && !reports_sync_of_all(layout.root()))
        return Error{ErrorKind::refused, "only on ext4, XFS and btrfs does a sync of all tell", 0};
    const auto room = room_at(layout.root());
    if (!room) return room.error();
    journal.file_bytes = std::min(room->total_bytes / kPartOfDisk, kMaxFileBytes);
    journal.file_bytes -= journal.file_bytes % kMinFileBytes;
    if (journal.file_bytes == 0) return Error{ErrorKind::refused, "the disk is too small", 0};
    return CommitJournal::open(layout, files, journal);
}

}  // namespace

/// A mail of one group, on its way.
struct JournaledIntake::Mail {
    Result<SpoolId> result = Error{ErrorKind::temporary, "commit", 0};
    CommitEntry entry;
    Aside aside;
};

Result<std::unique_ptr<JournaledIntake>> JournaledIntake::open(
    const DirectoryIntakeOptions& options, Files& files, const Clock& clock,
    CommitJournalOptions journal)
{
    auto directory = DirectoryIntake::open(options, files, clock);
    if (!directory) return std::move(directory).error();
    std::unique_ptr<JournaledIntake> intake(new JournaledIntake(std::move(*directory)));
    auto opened = open_journal(options, journal, intake->layout(), intake->files());
    if (opened)
        intake->journal_ = std::move(*opened);
    else
        log::warning("no commit journal, each mail is synced by itself",
                     {{"reason", opened.error().describe()}});
    return intake;
}

Result<SpoolId> JournaledIntake::commit(Message message)
{
    std::vector<Message> one;
    one.push_back(std::move(message));
    return commit_all(std::move(one)).front();
}

std::vector<Result<SpoolId>> JournaledIntake::commit_all(std::vector<Message> messages)
{
    std::vector<Mail> mails(messages.size());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < mails.size(); ++i) take(mails[i], std::move(messages[i]), bytes);
    commit_group(mails);
    std::vector<Result<SpoolId>> results;
    for (Mail& mail : mails) results.push_back(std::move(mail.result));
    return results;
}

/// bytes  of the group so far
void JournaledIntake::take(Mail& mail, Message message, std::uint64_t& bytes)
{
    const bool is_small = journal_ && message.content.size() <= kTogetherUpTo;
    const Record record = directory_->record_of(std::move(message));
    auto json = is_small ? encode_record(record) : std::string();
    if (!json) {
        mail.result = std::move(json).error();
        return;
    }
    const std::uint64_t with_it = bytes + commit_bytes_of(json->size());
    if (is_small && journal_->can_hold(with_it)) {
        bytes = with_it;
        return prepare(mail, record.id, std::move(*json));
    }
    auto written = directory_->write_durably(record);
    if (written)
        mail.result = record.id;
    else
        mail.result = std::move(written).error();
}

/// The file first: whoever has no room for it must not promise it.
void JournaledIntake::prepare(Mail& mail, const SpoolId& id, std::string json)
{
    const std::string path = layout().incoming(id);
    auto file = files().create_exclusive(path);
    if (!file) {
        mail.result = std::move(file).error();
        return;
    }
    Aside aside(files(), path);
    auto written = (*file)->write_all(json);
    if (written) written = (*file)->close();
    if (!written) {
        mail.result = std::move(written).error();
        return;
    }
    mail.aside = std::move(aside);
    mail.entry = {id, std::move(json)};
}

/// The durable write of a group (docs/spool.md): after the append it survives a power cut.
void JournaledIntake::commit_group(std::vector<Mail>& mails)
{
    std::vector<CommitEntry> entries;
    for (Mail& mail : mails)
        if (mail.aside.is_there()) entries.push_back(std::move(mail.entry));
    if (entries.empty()) return;
    const auto group = journal_->append(entries);
    std::optional<Publishing> publishing;
    if (group) publishing.emplace(*journal_, *group);
    auto entry = entries.begin();
    for (Mail& mail : mails) {
        if (!mail.aside.is_there()) continue;
        const SpoolId id = (entry++)->id;
        if (!group) {
            mail.result = group.error();
            continue;
        }
        auto renamed = mail.aside.rename_to(layout().message({id}));
        if (renamed)
            mail.result = id;
        else
            mail.result = std::move(renamed).error();
    }
}

bool JournaledIntake::is_lost() const
{
    return directory_->is_lost() || (journal_ && journal_->is_lost());
}

Result<Done> JournaledIntake::checkpoint()
{
    return journal_ ? journal_->checkpoint() : Result<Done>(Done{});
}

}  // namespace mail
