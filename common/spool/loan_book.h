/// The loan book: who holds what until when, and what became of each recipient. Pure: it takes the
/// time as an argument and touches no file.
///
/// Every change is first made as a Change (what the journal keeps), then applied; a replay applies
/// the same changes. A Change sets whole states, so applying one twice is harmless.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/spool/spool.h"

namespace mail
{

struct RecipientState {
    std::string address;
    RecipientStatus status = RecipientStatus::pending;
    std::string reason;    // the courier's last word
    BootTime next_try{0};  // pending: not before this
    std::string lease;     // token of the lease that has it; empty: nobody's
    bool operator==(const RecipientState&) const = default;
};

struct MailState {
    std::vector<RecipientState> recipients;  // empty: nothing is known, all are pending
    std::string note;                        // why the whole mail was held or buried
    WallTime kept_since{};                   // when it came to held/, failed/ or corrupt/; 0: never
    bool as_is = false;                      // released by an operator as it is
    bool is_unmoved = false;                 // failed or held, and still in messages/: no room

    bool has_pending() const;
    bool operator==(const MailState&) const = default;
};

struct Change {
    struct LeaseEnd {
        std::string token;
        BootTime expires{0};  // 0: it has ended
        bool operator==(const LeaseEnd&) const = default;
    };
    std::string boot_id;  // not empty: from here on, times are of this boot
    std::vector<LeaseEnd> leases;
    std::vector<std::pair<SpoolId, MailState>> mails;

    bool empty() const { return boot_id.empty() && leases.empty() && mails.empty(); }
    bool operator==(const Change&) const = default;
};

/// One line of JSON, and back. decode: nothing if it is no change of ours; never throws.
[[nodiscard]] std::string encode_change(const Change& change);
[[nodiscard]] std::optional<Change> decode_change(std::string_view json);

/// What is to be done with a mail's file after a settlement.
enum class Fate { stays, deleted, failed, held };

class LoanBook
{
public:
    void apply(const Change& change);
    /// Changes that make this book out of an empty one.
    [[nodiscard]] std::vector<Change> snapshot() const;

    /// Ends leases whose time is over; returns the mails that they had.
    std::vector<SpoolId> end_expired(BootTime now);
    /// When the next lease ends by itself.
    [[nodiscard]] std::optional<BootTime> next_expiry() const;

    [[nodiscard]] std::vector<std::string> lendable(const SpoolId& id, const Envelope& envelope,
                                                    BootTime now) const;
    /// Whether some recipient is pending, and not due or in a lease.
    [[nodiscard]] bool has_later_recipients(const SpoolId& id, BootTime now) const;
    /// When some recipient of the mail may be lent: 0 now, a time, or nothing while all that are
    /// pending are lent.
    [[nodiscard]] std::optional<BootTime> lendable_from(const SpoolId& id, BootTime now) const;

    [[nodiscard]] bool has_lease(const std::string& token) const
    {
        return leases_.count(token) != 0;
    }
    [[nodiscard]] std::size_t lease_count() const { return leases_.size(); }
    /// Mails of which some recipients are lent and others are pending with nobody.
    [[nodiscard]] const std::set<SpoolId>& partly_lent() const { return partly_lent_; }
    [[nodiscard]] std::vector<SpoolId> lent_under(const std::string& token) const;

    [[nodiscard]] Change granted(
        const std::string& token, BootTime expires, const std::vector<Loan>& loans,
        const std::function<const Envelope*(const SpoolId&)>& envelope_of) const;
    [[nodiscard]] Change renewed(const std::string& token, BootTime expires) const;
    [[nodiscard]] Change released(const std::string& token) const;

    struct Settled {
        Change change;  // mails that stay or are moved; those to be deleted are not in it
        std::vector<std::pair<SpoolId, Fate>> fates;
        Settlement answer;
    };
    /// The same id twice in `outcomes` (other recipients) is fine.
    /// wall  since when what goes to failed/ or held/ lies there
    [[nodiscard]] Settled settled(const std::string& token, const std::vector<Outcome>& outcomes,
                                  BootTime now, WallTime wall = {}) const;
    /// A whole mail, held or buried, with the reason as its note.
    [[nodiscard]] Change noted(const SpoolId& id, const std::string& note, WallTime now = {}) const;
    /// A mail that an operator releases: who was held is pending again. In held/, where nobody was
    /// (the whole mail was, or a person moved it), those that are pending, else those that failed.
    /// Nothing: there is nobody to take up.
    [[nodiscard]] std::optional<Change> taken_up(const SpoolId& id, Shelf shelf, bool as_is) const;
    [[nodiscard]] bool is_as_is(const SpoolId& id) const;
    /// Mails that are settled, and that their shelf cannot take now; or that it has taken since.
    [[nodiscard]] Change marked_unmoved(const std::vector<SpoolId>& ids, bool is_unmoved) const;
    [[nodiscard]] bool is_unmoved(const SpoolId& id) const;
    [[nodiscard]] std::vector<SpoolId> unmoved() const;
    /// Where a mail's file belongs by what became of its recipients.
    [[nodiscard]] Fate fate(const SpoolId& id) const;
    /// A mail that came (back) into messages/: what failed or was held is pending again. Empty if
    /// nothing changes, as with one that has never left.
    [[nodiscard]] Change revived(const SpoolId& id) const;

    // --- for the operator (loan_book_queue.cpp)

    /// Fills in what is known of a mail in messages/: state, reason, times, recipients.
    void tell(QueuedMail& mail, BootTime now, WallTime wall) const;
    /// Those of the mails that have deferred recipients: these are due.
    [[nodiscard]] Change made_due(const std::vector<SpoolId>& ids, BootTime now) const;
    /// A mail in failed/ that an operator tries again: who failed is pending again, and due; where
    /// nobody did, who was held or is pending. Nothing: there is nobody to try.
    [[nodiscard]] std::optional<Change> retried(const SpoolId& id) const;
    /// A mail of held/ that an operator buries: who was held or pending has failed.
    [[nodiscard]] Change buried(const SpoolId& id, const std::string& reason, WallTime now) const;
    [[nodiscard]] std::size_t leases() const { return leases_.size(); }

    [[nodiscard]] const MailState* find(const SpoolId& id) const;
    void forget(const SpoolId& id);
    /// Drops the states of mails that are not there any more.
    void forget_unless(const std::function<bool(const SpoolId&)>& exists);

private:
    /// A lease whose last mail was settled is not there any more.
    struct LeaseState {
        BootTime expires{0};
        std::set<SpoolId> mails;
    };
    void set_mail(const SpoolId& id, MailState state);
    std::vector<std::string> take_off(const SpoolId& id);
    void drop_empty(const std::vector<std::string>& tokens);
    void set_lease(const Change::LeaseEnd& lease);
    void end_lease(const std::string& token);
    void note_partly_lent(const SpoolId& id, const MailState& state);
    void enter_boot(const std::string& boot_id);

    std::string boot_id_;
    std::unordered_map<SpoolId, MailState, SpoolId::Hash> mails_;
    std::map<std::string, LeaseState> leases_;
    std::set<std::pair<BootTime, std::string>> ends_;  // of the same leases, by time
    std::set<SpoolId> partly_lent_;
};

}  // namespace mail
