/// HandOut over the spool directory: an index in memory, filled at start and fed by inotify, and
/// one checkpointed journal in state/ for leases, recipients still pending, next tries and reasons.
/// The order of the steps, and what a crash leaves between them: docs/spool.md.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "common/clock.h"
#include "common/lock_file.h"
#include "common/spool/files.h"
#include "common/spool/journal.h"
#include "common/spool/loan_book.h"
#include "common/spool/message_files.h"
#include "common/spool/spool.h"
#include "common/spool/spool_watcher.h"
#include "common/spool/waiting_index.h"

namespace mail
{

struct DirectoryHandOutOptions {
    std::string root;           // the spool directory
    bool unsafe_spool = false;  // allow tmpfs and network file systems
};

class DirectoryHandOut final : public HandOut
{
public:
    /// Makes the directories, takes the lock, replays the journal, fills the index, starts to
    /// watch. errors  as DirectoryIntake::open; conflict names the other postmaster's pid
    static Result<std::unique_ptr<DirectoryHandOut>> open(const DirectoryHandOutOptions& options,
                                                          Files& files = system_files(),
                                                          const Clock& clock = system_clock());

    std::vector<Pick> next(std::size_t max) override;
    bool wait_for_mail(std::chrono::steady_clock::time_point deadline,
                       std::stop_token stop) override;
    void put_back(const std::vector<Pick>& picks) override;
    Result<Record> read(const Pick& pick) override;
    std::vector<std::string> lendable(const Pick& pick, const Envelope& envelope) override;
    bool has_later_recipients(const Pick& pick) override;
    Result<Lease> lease(const std::vector<Loan>& loans, std::chrono::seconds seconds) override;
    Result<Settlement> settle(const std::string& token,
                              const std::vector<Outcome>& outcomes) override;
    Result<Lease> renew(const std::string& token, std::chrono::seconds seconds) override;
    Result<Done> release(const std::string& token) override;
    Result<Done> hold(const Pick& pick, const std::string& reason) override;
    Result<Done> bury(const Pick& pick, const std::string& reason) override;
    Result<Done> quarantine(const Pick& pick, const std::string& reason) override;
    Result<Done> hand_over(const std::vector<Pick>& picks) override;

private:
    using Lock = std::unique_lock<std::mutex>;

    DirectoryHandOut(const std::string& root, Files& files, const Clock& clock, LockFile lock);
    Result<Done> start();
    Result<Done> replay_journal();
    Result<Done> forget_the_gone();
    Result<Done> scan();
    void came(const std::string& name);
    void gone(const std::string& name);
    void admit(const SpoolName& name, bool closed);

    std::optional<WaitingIndex::Place> place_of(const SpoolName& name);
    std::chrono::milliseconds age_of(const WaitingIndex::Place& place) const;
    void place_by_book(const SpoolId& id);
    Result<Done> keep(const Change& change);
    void end_expired();
    void announce();
    Result<Done> move_away(const Pick& pick, const std::string& directory,
                           const std::string& reason);
    Result<Done> carry_out(const SpoolId& id, Fate fate, std::set<std::string>& to_sync);
    void rest_unmoved(const SpoolId& id);

    const SpoolLayout& layout() const { return files_.layout(); }

    MessageFiles files_;
    const Clock& clock_;
    LockFile lock_;

    std::mutex mutex_;  // guards all below
    std::condition_variable_any changed_;
    std::uint64_t changes_ = 0;  // how often it was announced
    WaitingIndex index_;
    LoanBook book_;
    Journal journal_;
    /// Mails that a caller has set aside with next(), and what read() learned of them.
    struct Picked {
        Envelope envelope;
        bool unreadable = false;  // not to be tried again at once
    };
    std::unordered_map<SpoolId, Picked, SpoolId::Hash> picked_;

    std::unique_ptr<SpoolWatcher> watcher_;  // last: its thread ends first
};

}  // namespace mail
