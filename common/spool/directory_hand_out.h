/// HandOut over the spool directory: an index in memory, filled at start and fed by inotify, and
/// one checkpointed journal in state/ for leases, recipients still pending, next tries and reasons.
/// The order of the steps, and what a crash leaves between them: docs/spool.md.
#pragma once

#include <condition_variable>
#include <latch>
#include <memory>
#include <mutex>
#include <string>

#include "common/clock.h"
#include "common/lock_file.h"
#include "common/spool/files.h"
#include "common/spool/journal.h"
#include "common/spool/loan_book.h"
#include "common/spool/message_files.h"
#include "common/spool/shelf_window.h"
#include "common/spool/spool.h"
#include "common/spool/spool_watcher.h"
#include "common/spool/sync_watch.h"
#include "common/spool/waiting_index.h"

namespace mail
{

struct DirectoryHandOutOptions {
    std::string root;           // the spool directory
    bool unsafe_spool = false;  // allow tmpfs and network file systems
    bool is_watched = true;     // false: what comes is seen at look_again() only
    JournalSizes journal = {};
};

class DirectoryHandOut final : public HandOut
{
public:
    /// Makes the directories, takes the lock, replays the journal, fills the index, starts to
    /// watch. errors  as DirectoryIntake::open; conflict names the other postmaster's pid
    static Result<std::unique_ptr<DirectoryHandOut>> open(const DirectoryHandOutOptions& options,
                                                          Files& files = system_files(),
                                                          const Clock& clock = system_clock());

    /// Takes in what lies in messages/, as at the start. What is known already stays where it is.
    Result<Done> look_again();

    Census census() override;
    Result<ShelfCounts> count_kept() override;
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
    Result<std::vector<KeptMail>> kept() override;
    Result<Record> read_kept(const KeptMail& mail) override;
    Result<Done> release_kept(const KeptMail& mail, bool as_is) override;
    Result<Done> drop_kept(const KeptMail& mail) override;
    Result<Done> retry_kept(const KeptMail& mail) override;
    Result<Done> bury_kept(const KeptMail& mail, const std::string& reason) override;
    Result<std::vector<QueuedMail>> list(const QueuePlace& after, std::size_t max) override;
    Result<QueuedMail> find(const SpoolId& id) override;
    Result<Record> read_queued(const QueuedMail& mail) override;
    std::uint64_t stored_octets(const QueuedMail& mail) override;
    Result<Pick> pick(const SpoolId& id) override;
    Result<Done> drop(const Pick& pick) override;
    Result<std::size_t> make_due(const std::vector<SpoolId>& ids) override;
    std::size_t leases() override;
    Result<Done> stop() override;
    Result<Done> resume() override;
    std::optional<WallTime> stopped_since() override;
    bool is_lost() const override { return disk_.is_lost(); }

private:
    using Lock = std::unique_lock<std::mutex>;

    /// One change from its making to its end: journal, memory, files. The journal has the changes
    /// in the order in which the book does, and between the making of one and its end no other is
    /// made and no lease ends. Reading, picking and judging go on meanwhile: mutex_ is free while
    /// the disk works.
    class Step
    {
    public:
        explicit Step(DirectoryHandOut& spool);
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        ~Step();

    private:
        DirectoryHandOut& spool_;
        std::lock_guard<std::mutex> order_;
    };

    DirectoryHandOut(const DirectoryHandOutOptions& options, Files& files, const Clock& clock,
                     LockFile lock);
    Result<Done> start(bool is_watched);
    Result<Done> watch();
    Result<Done> replay_and_say_so();
    Result<Done> replay_journal();
    void settle_unmoved();
    Result<Done> fill_index();
    Result<Done> scan();
    void came(const std::string& name);
    void gone(const std::string& name);
    void admit(const SpoolName& name, bool closed);
    void set_twin_apart(const SpoolName& name);

    std::optional<WaitingIndex::Place> place_of(const SpoolName& name);
    std::chrono::milliseconds age_of(const WaitingIndex::Place& place) const;
    std::optional<std::chrono::milliseconds> oldest_age();
    void count_as_leased(const SpoolId& id, Census& census) const;
    void place_by_book(const SpoolId& id);
    Result<Done> keep(const Change& change);
    Change granted(const std::string& token, const std::vector<Loan>& loans,
                   std::chrono::seconds seconds);
    bool is_stopped_for(const std::vector<Pick>& picks);
    LoanBook::Settled settled_by(const std::string& token, const std::vector<Outcome>& outcomes);
    Change noted(const SpoolId& id, const std::string& reason);
    void end_expired();
    void announce();
    std::optional<BootTime> next_due() const;
    Result<Done> move_away(const Pick& pick, const std::string& directory,
                           const std::string& reason);
    Result<Done> carry_out(const SpoolId& id, Fate fate, std::set<std::string>& to_sync);
    Result<Done> leave_unmoved(const std::vector<SpoolId>& ids);
    void move_unmoved();
    void try_unmoved();
    Result<Done> move_to_shelf(const SpoolId& id);
    void rest_unmoved(const SpoolId& id);
    std::string directory_of(Shelf shelf) const;
    KeptMail kept_mail(Shelf shelf, const SpoolName& name);
    Result<Done> check_kept(const KeptMail& mail);
    Result<Done> take_up(const KeptMail& mail,
                         const std::function<std::optional<Change>()>& taken_up,
                         const std::string& refusal);
    QueuedMail queued(const QueuePlace& place);
    QueuedMail queued_kept(const ShelfWindow::Entry& entry);
    std::string directory_of(const QueuedMail& mail) const;
    Result<Done> keep_hold_mark();
    Result<Done> read_hold_mark();

    const SpoolLayout& layout() const { return files_.layout(); }

    SyncWatch disk_;
    MessageFiles files_;
    const Clock& clock_;
    LockFile lock_;

    std::latch replayed_{1};  // what inotify says waits for the journal
    std::mutex steps_;        // held for one change (Step), over its syncs; taken before mutex_
    Journal journal_;         // guarded by steps_

    std::mutex mutex_;  // guards all below; never held over a sync of the journal or of messages/
    std::condition_variable_any changed_;
    std::uint64_t changes_ = 0;  // how often it was announced
    bool is_changing_ = false;   // a Step is under way: no lease ends by itself meanwhile
    WaitingIndex index_;
    LoanBook book_;
    /// Mails that a caller has set aside with next(), and what read() learned of them.
    struct Picked {
        Envelope envelope;
        bool unreadable = false;  // not to be tried again at once
    };
    std::unordered_map<SpoolId, Picked, SpoolId::Hash> picked_;
    std::set<SpoolId> unmoved_;  // settled, in messages/, parked: their shelf has no room
    BootTime next_move_{0};      // not tried again before
    std::uint64_t arrived_ = 0;  // since the start
    std::optional<WallTime> stopped_since_;  // nothing is handed out
    ShelfWindow shelves_;                    // guards itself

    std::unique_ptr<SpoolWatcher> watcher_;  // last: its thread ends first
};

}  // namespace mail
