/// The spool: one record per mail, durable before it is visible, and who holds what until when.
/// States, transitions and what a crash leaves in each: docs/spool.md. Knows nothing of SMTP or
/// HTTP.
///
/// Two sides that share nothing but the store: Intake is postoffice's, HandOut is postmaster's.
/// DirectoryIntake and DirectoryHandOut are the defaults behind them (one JSON file per mail);
/// another engine takes their place by giving the same promises.
///
/// Every call may be made from any thread. Calls block for disk syncs where it is said.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/envelope.h"
#include "common/result.h"
#include "common/spool/record.h"
#include "common/spool/spool_id.h"

namespace mail
{

class Intake
{
public:
    virtual ~Intake() = default;

    /// Commits one mail. On success it survives a power cut, and the spool owns it (RFC 5321 6.1).
    ///
    /// message  at least one recipient; content with CRLF line ends. Taken by value: move it in, so
    ///          that a large mail is in memory once
    /// returns  the new spool id
    /// errors   temporary: disk full, I/O error. Nothing is kept then, and nothing of it is seen.
    /// blocks   for two syncs; keep it off the network thread
    [[nodiscard]] virtual Result<SpoolId> commit(Message message) = 0;
    /// Commits several, each for itself; the results in their order. One or two syncs for all,
    /// where the store can do that.
    [[nodiscard]] virtual std::vector<Result<SpoolId>> commit_all(std::vector<Message> messages);
    /// Mails of up to so many octets gain by going together; 0: none does.
    [[nodiscard]] virtual std::size_t together_up_to() const { return 0; }

    /// False while the free space is under the low-water mark: refuse new mail (452 4.3.1) then.
    [[nodiscard]] virtual bool has_room() = 0;
    /// The store cannot be trusted with another mail: stop taking any (421), and end. Stays true.
    [[nodiscard]] virtual bool is_lost() const { return false; }
};

inline std::vector<Result<SpoolId>> Intake::commit_all(std::vector<Message> messages)
{
    std::vector<Result<SpoolId>> results;
    for (Message& message : messages) results.push_back(commit(std::move(message)));
    return results;
}

/// A mail picked for hand-out: set aside for one caller until lease() or put_back().
struct Pick {
    SpoolId id;
    bool of_original = false;
    /// An operator released it as it is (release_kept): the gate lets it pass.
    bool as_is = false;
};

/// What a lease lends of one mail.
struct Loan {
    Pick pick;
    std::vector<std::string> recipients;  // pending, due, and in nobody else's lease
};

struct Lease {
    std::string token;  // 32 hex digits, random
    std::chrono::seconds seconds{};
    WallTime expires;  // for people; the spool counts on the boot clock
};

enum class OutcomeKind { delivered, deferred, failed, held };

struct Outcome {
    SpoolId id;
    OutcomeKind kind = OutcomeKind::deferred;
    std::vector<std::string> recipients = {};  // empty: all that this lease holds of the mail
    std::string reason = {};
    std::chrono::seconds retry_after{300};  // deferred only
};

struct Settlement {
    std::vector<SpoolId> settled;
    std::vector<SpoolId>
        unknown;  // not in this lease (any more): settled before, expired, never lent
};

enum class RecipientStatus { pending, delivered, failed, held };

/// Where a mail lies that is not handed out.
enum class Shelf { held, failed, corrupt };

/// A mail on one of the shelves, and what is known of how it got there.
struct KeptMail {
    struct Recipient {
        std::string address;
        RecipientStatus status = RecipientStatus::pending;
        std::string reason = {};  // the courier's last word
    };
    SpoolId id;
    bool of_original = false;
    Shelf shelf = Shelf::held;
    WallTime since;      // when it came there; if a person moved it: when it was written
    std::string reason;  // empty: a person moved it there
    std::vector<Recipient> recipients;  // empty: nothing is known of any, all are pending
};

/// How much is in which state. Each mail that is not on a shelf is in one of the first three.
struct Census {
    std::size_t waiting = 0;   // a courier would get it now
    std::size_t deferred = 0;  // not before its time
    std::size_t leased = 0;
    std::size_t leases = 0;  // that are open
    /// How long the mail has waited that has waited longest: since it came, or since its next try
    /// was due. Nothing: none waits.
    std::optional<std::chrono::milliseconds> oldest_age;
    std::uint64_t arrived = 0;  // mails that came since the start
};

struct ShelfCounts {
    std::size_t held = 0;
    std::size_t failed = 0;
    std::size_t corrupt = 0;
};

/// Where a mail stands in the order of the whole spool: by the milliseconds of its UUIDv7, or by
/// its file's time where its id is the original's.
struct QueuePlace {
    std::uint64_t milliseconds = 0;
    SpoolId id;
    bool of_original = false;
    auto operator<=>(const QueuePlace&) const = default;
};

/// What an operator calls the state of a mail. In messages/ it is leased if a courier has any of
/// its recipients; else waiting if one of them may be lent now; else deferred.
enum class QueueState { waiting, leased, deferred, held, failed, corrupt };

/// A mail anywhere in the spool, and what is known of it without its record.
struct QueuedMail {
    struct Recipient {
        std::string address;
        RecipientStatus status = RecipientStatus::pending;
        std::string reason = {};  // the courier's last word
        bool is_leased = false;
        std::optional<WallTime> next_try = {};  // pending, and not due
    };
    QueuePlace place;
    QueueState state = QueueState::waiting;
    /// Settled, and still in messages/: its shelf has no room.
    bool is_unmoved = false;
    WallTime since;      // when it came; on a shelf, as KeptMail::since
    std::string reason;  // deferred: of the first recipient that has one; on a shelf, as KeptMail
    std::optional<WallTime> next_try = {};      // deferred: when the first of them is due
    std::optional<WallTime> leased_until = {};  // leased: the end of the last lease
    std::vector<Recipient> recipients = {};     // empty: nothing is known of any, all are pending
};

class HandOut
{
public:
    virtual ~HandOut() = default;

    /// From memory: lists nothing, and takes no longer with a million mails.
    [[nodiscard]] virtual Census census() = 0;
    /// Lists the three shelves; ask now and then only.
    [[nodiscard]] virtual Result<ShelfCounts> count_kept() = 0;

    /// Up to `max` mails that wait and are due, oldest first, set aside so that no other caller
    /// gets them. Lists no directory. Does not block for disk.
    [[nodiscard]] virtual std::vector<Pick> next(std::size_t max) = 0;
    /// Blocks until next() may have something, `deadline` passes or a stop is asked for.
    /// Returns whether it is worth asking.
    virtual bool wait_for_mail(std::chrono::steady_clock::time_point deadline,
                               std::stop_token stop) = 0;
    /// Returns picks that were not lent: they wait again, in their old place.
    virtual void put_back(const std::vector<Pick>& picks) = 0;

    /// The stored record. missing: somebody removed it; the pick is gone. corrupt: quarantine() it.
    /// Others: could not be read now; put it back, and it rests for a while.
    [[nodiscard]] virtual Result<Record> read(const Pick& pick) = 0;
    /// The recipients of a picked mail that a lease may lend now: pending, due, not in another
    /// lease. Each address once.
    [[nodiscard]] virtual std::vector<std::string> lendable(const Pick& pick,
                                                            const Envelope& envelope) = 0;
    /// Whether some recipient of a picked mail is pending and may not be lent now: not due, or in a
    /// lease. hand_over() takes whole mails and would take those away from him.
    [[nodiscard]] virtual bool has_later_recipients(const Pick& pick) = 0;

    /// Lends picked mails. Durable when it returns; survives a restart; ends by itself after
    /// `seconds`. errors  temporary; refused: after stop(). Nothing was lent, all picks wait again
    [[nodiscard]] virtual Result<Lease> lease(const std::vector<Loan>& loans,
                                              std::chrono::seconds seconds) = 0;
    /// Takes the courier's word. Durable when it returns. Repeating it is harmless.
    /// A mail without pending recipients is deleted, or goes to failed/ or held/ if one of them
    /// did.
    [[nodiscard]] virtual Result<Settlement> settle(const std::string& token,
                                                    const std::vector<Outcome>& outcomes) = 0;
    /// missing: the lease has ended.
    [[nodiscard]] virtual Result<Lease> renew(const std::string& token,
                                              std::chrono::seconds seconds) = 0;
    /// What was not settled waits again at once. missing: the lease has ended already.
    [[nodiscard]] virtual Result<Done> release(const std::string& token) = 0;

    /// A picked mail to held/ (the gate, the operator), with the reason kept.
    [[nodiscard]] virtual Result<Done> hold(const Pick& pick, const std::string& reason) = 0;
    /// A picked mail to failed/: the dead letters.
    [[nodiscard]] virtual Result<Done> bury(const Pick& pick, const std::string& reason) = 0;
    /// A picked mail to corrupt/: kept for a person to see, never deleted by a program.
    [[nodiscard]] virtual Result<Done> quarantine(const Pick& pick, const std::string& reason) = 0;
    /// A picked mail to state/handed/, where it is kept for 7 days: the original's hand-out, which
    /// is never confirmed. Durable when it returns. errors  as lease()
    [[nodiscard]] virtual Result<Done> hand_over(const std::vector<Pick>& picks) = 0;

    /// What lies on the shelves, the longest there first. Lists directories, reads no record.
    [[nodiscard]] virtual Result<std::vector<KeptMail>> kept() = 0;
    /// Its record. errors  missing: gone meanwhile; corrupt, with what is wrong with it; others:
    /// cannot be read now
    [[nodiscard]] virtual Result<Record> read_kept(const KeptMail& mail) = 0;
    /// A held mail waits again, at once, for the recipients that were held; who was delivered or
    /// failed is not tried again. Durable when it returns. `as_is`: every Pick of it says so, until
    /// it is held again.
    ///
    /// errors  missing:  it is not there any more
    ///         refused:  nobody of it was held, or it is corrupt
    ///         conflict: it waits already
    [[nodiscard]] virtual Result<Done> release_kept(const KeptMail& mail, bool as_is) = 0;
    /// Deletes a held or failed mail, on the operator's word. Durable when it returns.
    /// errors  missing: it is not there any more; refused: corrupt mail is deleted by no program
    [[nodiscard]] virtual Result<Done> drop_kept(const KeptMail& mail) = 0;

    /// A failed mail waits again, at once, for those that failed (or were held, or are still
    /// pending, where nobody did); who was delivered is not tried again. Durable when it returns.
    /// errors  as release_kept; refused: it is held or corrupt
    [[nodiscard]] virtual Result<Done> retry_kept(const KeptMail& mail) = 0;
    /// A held mail to failed/. Durable when it returns.
    /// errors  missing; refused: it is not held
    [[nodiscard]] virtual Result<Done> bury_kept(const KeptMail& mail,
                                                 const std::string& reason) = 0;

    /// The next mails behind `after`, oldest first, wherever they lie; at most `max`, none at the
    /// end. What moves meanwhile may be told in its old state, or not at all. Reads no record;
    /// hand-out goes on.
    [[nodiscard]] virtual Result<std::vector<QueuedMail>> list(const QueuePlace& after,
                                                               std::size_t max) = 0;
    /// errors  missing: no mail has this id
    [[nodiscard]] virtual Result<QueuedMail> find(const SpoolId& id) = 0;
    /// As read_kept.
    [[nodiscard]] virtual Result<Record> read_queued(const QueuedMail& mail) = 0;
    /// Of its stored record; 0 where it is gone.
    [[nodiscard]] virtual std::uint64_t stored_octets(const QueuedMail& mail) = 0;
    /// A mail in messages/ set aside as by next(), due or not, for hold(), bury() or drop().
    /// errors  missing:   it waits no more
    ///         refused:   a courier has it
    ///         temporary: it is being judged for a courier, or waits for room on its shelf
    [[nodiscard]] virtual Result<Pick> pick(const SpoolId& id) = 0;
    /// Deletes a picked mail, on the operator's word. Durable when it returns.
    [[nodiscard]] virtual Result<Done> drop(const Pick& pick) = 0;
    /// Deferred recipients of these mails are due now. Durable when it returns.
    /// returns  how many mails had such
    [[nodiscard]] virtual Result<std::size_t> make_due(const std::vector<SpoolId>& ids) = 0;
    /// Leases that have not ended.
    [[nodiscard]] virtual std::size_t leases() = 0;

    /// From now on nothing is lent or handed over, over restarts too, until resume(), picked or
    /// not. What is lent goes on being settled. Durable when it returns; repeating it is harmless.
    [[nodiscard]] virtual Result<Done> stop() = 0;
    [[nodiscard]] virtual Result<Done> resume() = 0;
    /// Nothing: mail is handed out.
    [[nodiscard]] virtual std::optional<WallTime> stopped_since() = 0;

    /// The store cannot be trusted with another change: end. Stays true.
    [[nodiscard]] virtual bool is_lost() const { return false; }
};

}  // namespace mail
