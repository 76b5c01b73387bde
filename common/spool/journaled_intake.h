/// Intake with a commit journal in front of the directory: a group of mails is durable with one
/// sync, and their files lie in messages/ at once; their own syncs come later, all together.
/// Large mails go the directory's way: writing them twice costs more than a sync.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/spool/commit_journal.h"
#include "common/spool/directory_intake.h"

namespace mail
{

class JournaledIntake final : public Intake
{
public:
    static constexpr std::size_t kTogetherUpTo = 32 * 1024;  // octets of content

    /// As DirectoryIntake::open. Where the file system is too small for a journal, or cannot be
    /// synced as a whole, all mails go the directory's way, and the log says so.
    static Result<std::unique_ptr<JournaledIntake>> open(const DirectoryIntakeOptions& options,
                                                         Files& files = system_files(),
                                                         const Clock& clock = system_clock(),
                                                         CommitJournalOptions journal = {});

    Result<SpoolId> commit(Message message) override;
    std::vector<Result<SpoolId>> commit_all(std::vector<Message> messages) override;
    std::size_t together_up_to() const override { return journal_ ? kTogetherUpTo : 0; }
    bool has_room() override { return !is_lost() && directory_->has_room(); }
    bool is_lost() const override;

    /// For tests without the journal's thread.
    [[nodiscard]] Result<Done> checkpoint();

private:
    struct Mail;

    explicit JournaledIntake(std::unique_ptr<DirectoryIntake> directory)
        : directory_(std::move(directory))
    {
    }
    void take(Mail& mail, Message message, std::uint64_t& bytes);
    void prepare(Mail& mail, const SpoolId& id, std::string json);
    void commit_group(std::vector<Mail>& mails);
    Files& files() { return directory_->files(); }
    const SpoolLayout& layout() const { return directory_->layout(); }

    std::unique_ptr<DirectoryIntake> directory_;
    std::unique_ptr<CommitJournal> journal_;  // null: no room for one
};

}  // namespace mail
