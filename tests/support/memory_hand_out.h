/// A HandOut in memory, for tests of what stands on one. Keeps the promises of common/spool/spool.h
/// but for durability; a test makes it fail, or looks at what lies where.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/spool/spool.h"
#include "tests/support/manual_clock.h"

namespace mail::test
{

class MemoryHandOut final : public HandOut
{
public:
    explicit MemoryHandOut(ManualClock& clock) : clock_(clock) {}

    // What a test does to it.
    SpoolId add(const std::string& content,
                std::vector<std::string> recipients = {"ann@example.org"},
                const std::string& sender = "web@app.example")
    {
        const std::lock_guard lock(mutex_);
        Record record;
        record.id = *SpoolId::parse(std::string(24, '0') + std::to_string(10'000'000 + ++made_));
        record.envelope = {sender, recipients, false};
        record.subject = "A subject";
        record.content = content;
        record.timestamp = "2026-11-20T08:27:27.123456";
        record.sha256 = sha256_hex(content);
        Mail mail{record, {}, {}, false};
        for (const std::string& one : recipients) mail.pending[one] = {};
        const SpoolId id = record.id;
        mails_.emplace(id, std::move(mail));
        changed_.notify_all();
        return id;
    }
    void fail_reads(const SpoolId& id, ErrorKind kind) { mails_.at(id).read_error = kind; }
    void fail_writes(bool fails) { writes_fail_ = fails; }

    // What a test looks at.
    bool waits(const SpoolId& id) const
    {
        return mails_.count(id) != 0 && !mails_.at(id).set_aside;
    }
    bool is_set_aside(const SpoolId& id) const
    {
        return mails_.count(id) != 0 && mails_.at(id).set_aside;
    }
    std::map<SpoolId, std::string> held, failed, corrupt;  // with the reason
    std::set<SpoolId> as_is;                               // released so
    std::set<SpoolId> handed;
    std::size_t strays = 0;  // picks put back that nobody had

    std::chrono::milliseconds oldest{0};  // what census() says, where something waits
    std::size_t shelf_looks = 0;          // how often count_kept() or kept() was asked

    Census census() override
    {
        const std::lock_guard lock(mutex_);
        expire();
        Census census;
        for (const auto& [id, mail] : mails_) {
            const auto any = [&mail = mail](const auto& is_so) {
                return std::any_of(mail.pending.begin(), mail.pending.end(),
                                   [&](const auto& one) { return is_so(one.second); });
            };
            if (any([](const Pending& one) { return !one.lease.empty(); }))
                ++census.leased;
            else if (mail.set_aside || !lendable_of(mail).empty())
                ++census.waiting;
            else
                ++census.deferred;
        }
        census.leases = leases_.size();
        census.arrived = made_;
        if (census.waiting != 0) census.oldest_age = oldest;
        return census;
    }
    Result<ShelfCounts> count_kept() override
    {
        const std::lock_guard lock(mutex_);
        ++shelf_looks;
        if (writes_fail_) return Error{ErrorKind::temporary, "list held", EIO};
        return ShelfCounts{held.size(), failed.size(), corrupt.size()};
    }

    std::vector<Pick> next(std::size_t max) override
    {
        const std::lock_guard lock(mutex_);
        expire();
        std::vector<Pick> picks;
        if (stopped_since_) return picks;
        for (auto& [id, mail] : mails_) {
            if (picks.size() == max) break;
            if (mail.set_aside || lendable_of(mail).empty()) continue;
            mail.set_aside = true;
            picks.push_back({id, false, as_is.count(id) != 0});
        }
        return picks;
    }

    bool wait_for_mail(std::chrono::steady_clock::time_point deadline,
                       std::stop_token stop) override
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_until(lock, stop, deadline, [this] {
            return !stopped_since_ &&
                   std::any_of(mails_.begin(), mails_.end(), [this](const auto& one) {
                       return !one.second.set_aside && !lendable_of(one.second).empty();
                   });
        });
    }

    void put_back(const std::vector<Pick>& picks) override
    {
        const std::lock_guard lock(mutex_);
        for (const Pick& pick : picks) {
            const auto found = mails_.find(pick.id);
            if (found == mails_.end() || !found->second.set_aside) ++strays;
            if (found != mails_.end()) found->second.set_aside = false;
        }
        changed_.notify_all();
    }

    Result<Record> read(const Pick& pick) override
    {
        const std::lock_guard lock(mutex_);
        const auto found = mails_.find(pick.id);
        if (found == mails_.end()) return Error{ErrorKind::missing, "read " + pick.id.hex()};
        if (found->second.read_error)
            return Error{*found->second.read_error, "read " + pick.id.hex()};
        return found->second.record;
    }

    std::vector<std::string> lendable(const Pick& pick, const Envelope&) override
    {
        const std::lock_guard lock(mutex_);
        return lendable_of(mails_.at(pick.id));
    }

    bool has_later_recipients(const Pick& pick) override
    {
        const std::lock_guard lock(mutex_);
        const Mail& mail = mails_.at(pick.id);
        return lendable_of(mail).size() < mail.pending.size();
    }

    Result<Lease> lease(const std::vector<Loan>& loans, std::chrono::seconds seconds) override
    {
        const std::lock_guard lock(mutex_);
        for (const Loan& loan : loans) mails_.at(loan.pick.id).set_aside = false;
        if (stopped_since_) return Error{ErrorKind::refused, "hand-out is stopped"};
        if (writes_fail_) return Error{ErrorKind::temporary, "write the journal", ENOSPC};
        const std::string digits = std::to_string(1'000'000 + ++tokens_);
        const std::string token = std::string(32 - digits.size(), 'a') + digits;
        leases_[token] = clock_.boot() + seconds;
        for (const Loan& loan : loans)
            for (const std::string& one : loan.recipients)
                mails_.at(loan.pick.id).pending.at(one).lease = token;
        return Lease{token, seconds, clock_.wall() + seconds};
    }

    Result<Settlement> settle(const std::string& token,
                              const std::vector<Outcome>& outcomes) override
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "write the journal", ENOSPC};
        expire();
        Settlement settlement;
        for (const Outcome& outcome : outcomes)
            (settle_one(token, outcome) ? settlement.settled : settlement.unknown)
                .push_back(outcome.id);
        changed_.notify_all();
        return settlement;
    }

    Result<Lease> renew(const std::string& token, std::chrono::seconds seconds) override
    {
        const std::lock_guard lock(mutex_);
        expire();
        if (leases_.count(token) == 0) return Error{ErrorKind::missing, "renew"};
        leases_[token] = clock_.boot() + seconds;
        return Lease{token, seconds, clock_.wall() + seconds};
    }

    Result<Done> release(const std::string& token) override
    {
        const std::lock_guard lock(mutex_);
        expire();
        if (leases_.count(token) == 0) return Error{ErrorKind::missing, "release"};
        end(token);
        return Done{};
    }

    Result<Done> hold(const Pick& pick, const std::string& reason) override
    {
        return move_to(held, pick, reason);
    }
    Result<Done> bury(const Pick& pick, const std::string& reason) override
    {
        return move_to(failed, pick, reason);
    }
    Result<Done> quarantine(const Pick& pick, const std::string& reason) override
    {
        return move_to(corrupt, pick, reason);
    }

    Result<Done> hand_over(const std::vector<Pick>& picks) override
    {
        const std::lock_guard lock(mutex_);
        if (stopped_since_) {
            for (const Pick& pick : picks) mails_.at(pick.id).set_aside = false;
            return Error{ErrorKind::refused, "hand-out is stopped"};
        }
        if (writes_fail_) return Error{ErrorKind::temporary, "move to handed", ENOSPC};
        for (const Pick& pick : picks) {
            mails_.erase(pick.id);
            handed.insert(pick.id);
        }
        return Done{};
    }

    Result<std::vector<KeptMail>> kept() override
    {
        const std::lock_guard lock(mutex_);
        ++shelf_looks;
        std::vector<KeptMail> mails;
        for (const Shelf shelf : {Shelf::held, Shelf::failed, Shelf::corrupt})
            for (const auto& [id, reason] : shelf_of(shelf))
                mails.push_back({id, false, shelf, clock_.wall(), reason, {}});
        return mails;
    }
    Result<Record> read_kept(const KeptMail& mail) override
    {
        const std::lock_guard lock(mutex_);
        const auto found = kept_records_.find(mail.id);
        if (found == kept_records_.end() || shelf_of(mail.shelf).count(mail.id) == 0)
            return Error{ErrorKind::missing, "read " + mail.id.hex()};
        if (mail.shelf == Shelf::corrupt) return Error{ErrorKind::corrupt, "read " + mail.id.hex()};
        return found->second;
    }
    Result<Done> release_kept(const KeptMail& mail, bool released_as_is) override
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "move", ENOSPC};
        if (shelf_of(mail.shelf).count(mail.id) == 0)
            return Error{ErrorKind::missing, "release " + mail.id.hex()};
        if (mail.shelf != Shelf::held) return Error{ErrorKind::refused, "not held"};
        held.erase(mail.id);
        as_is.erase(mail.id);
        if (released_as_is) as_is.insert(mail.id);
        bring_back(mail.id);
        return Done{};
    }
    Result<Done> drop_kept(const KeptMail& mail) override
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "remove", ENOSPC};
        if (mail.shelf == Shelf::corrupt) return Error{ErrorKind::refused, "corrupt"};
        if (shelf_of(mail.shelf).erase(mail.id) == 0)
            return Error{ErrorKind::missing, "drop " + mail.id.hex()};
        return Done{};
    }
    Result<Done> retry_kept(const KeptMail& mail) override
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "move", ENOSPC};
        if (mail.shelf != Shelf::failed) return Error{ErrorKind::refused, "nobody failed"};
        if (failed.erase(mail.id) == 0) return Error{ErrorKind::missing, "retry " + mail.id.hex()};
        bring_back(mail.id);
        return Done{};
    }
    Result<Done> bury_kept(const KeptMail& mail, const std::string& reason) override
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "move", ENOSPC};
        if (mail.shelf != Shelf::held) return Error{ErrorKind::refused, "not held"};
        if (held.erase(mail.id) == 0) return Error{ErrorKind::missing, "bury " + mail.id.hex()};
        failed[mail.id] = reason;
        return Done{};
    }

    Result<std::vector<QueuedMail>> list(const QueuePlace& after, std::size_t max) override
    {
        const std::lock_guard lock(mutex_);
        expire();
        std::map<QueuePlace, QueuedMail> all;
        for (const auto& [id, mail] : mails_) all[place_of(id)] = queued(id, mail);
        for (const Shelf shelf : {Shelf::held, Shelf::failed, Shelf::corrupt})
            for (const auto& [id, reason] : shelf_of(shelf))
                all[place_of(id)] = queued_kept(id, shelf, reason);
        std::vector<QueuedMail> page;
        for (auto at = all.upper_bound(after); at != all.end() && page.size() < max; ++at)
            page.push_back(at->second);
        return page;
    }
    Result<QueuedMail> find(const SpoolId& id) override
    {
        const std::lock_guard lock(mutex_);
        expire();
        if (const auto found = mails_.find(id); found != mails_.end())
            return queued(id, found->second);
        for (const Shelf shelf : {Shelf::held, Shelf::failed, Shelf::corrupt})
            if (const auto found = shelf_of(shelf).find(id); found != shelf_of(shelf).end())
                return queued_kept(id, shelf, found->second);
        return Error{ErrorKind::missing, "no mail " + id.hex() + " is in the spool"};
    }
    Result<Record> read_queued(const QueuedMail& mail) override
    {
        const std::lock_guard lock(mutex_);
        const SpoolId& id = mail.place.id;
        if (mail.state == QueueState::corrupt) return Error{ErrorKind::corrupt, "read " + id.hex()};
        if (const auto found = mails_.find(id); found != mails_.end()) return found->second.record;
        const auto found = kept_records_.find(id);
        if (found == kept_records_.end()) return Error{ErrorKind::missing, "read " + id.hex()};
        return found->second;
    }
    std::uint64_t stored_octets(const QueuedMail& mail) override
    {
        const auto record = read_queued(mail);
        return record ? record->content.size() : 0;
    }
    Result<Pick> pick(const SpoolId& id) override
    {
        const std::lock_guard lock(mutex_);
        expire();
        const auto found = mails_.find(id);
        if (found == mails_.end()) return Error{ErrorKind::missing, "pick " + id.hex()};
        if (queued(id, found->second).state == QueueState::leased)
            return Error{ErrorKind::refused, id.hex() + " is with a courier"};
        if (found->second.set_aside) return Error{ErrorKind::temporary, "just being judged"};
        found->second.set_aside = true;
        return Pick{id, false, as_is.count(id) != 0};
    }
    Result<Done> drop(const Pick& pick) override
    {
        const std::lock_guard lock(mutex_);
        mails_.at(pick.id).set_aside = false;
        if (writes_fail_) return Error{ErrorKind::temporary, "remove", ENOSPC};
        mails_.erase(pick.id);
        return Done{};
    }
    Result<std::size_t> make_due(const std::vector<SpoolId>& ids) override
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "write the journal", ENOSPC};
        std::size_t count = 0;
        for (const SpoolId& id : ids) {
            const auto found = mails_.find(id);
            if (found == mails_.end()) continue;
            bool any = false;
            for (auto& [recipient, pending] : found->second.pending)
                if (pending.lease.empty() && pending.due > clock_.boot()) {
                    pending.due = BootTime{};
                    any = true;
                }
            count += any ? 1 : 0;
        }
        changed_.notify_all();
        return count;
    }
    std::size_t leases() override
    {
        const std::lock_guard lock(mutex_);
        return leases_.size();
    }
    Result<Done> stop() override
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "create hold", ENOSPC};
        if (!stopped_since_) stopped_since_ = clock_.wall();
        return Done{};
    }
    Result<Done> resume() override
    {
        const std::lock_guard lock(mutex_);
        stopped_since_.reset();
        changed_.notify_all();
        return Done{};
    }
    std::optional<WallTime> stopped_since() override
    {
        const std::lock_guard lock(mutex_);
        return stopped_since_;
    }

private:
    std::map<SpoolId, std::string>& shelf_of(Shelf shelf)
    {
        return shelf == Shelf::held ? held : shelf == Shelf::failed ? failed : corrupt;
    }

    struct Pending {
        std::string lease;  // empty: nobody has it
        BootTime due{};
        std::string reason;
    };
    struct Mail {
        Record record;
        std::map<std::string, Pending> pending;
        std::optional<ErrorKind> read_error;
        bool set_aside = false;
    };

    void bring_back(const SpoolId& id)
    {
        Mail waiting{kept_records_.at(id), {}, {}, false};
        for (const std::string& one : waiting.record.envelope.recipients) waiting.pending[one] = {};
        mails_.emplace(id, std::move(waiting));
        changed_.notify_all();
    }

    static QueuePlace place_of(const SpoolId& id)
    {
        return {id.unix_milliseconds().value_or(0), id, false};
    }
    QueuedMail queued(const SpoolId& id, const Mail& mail) const
    {
        QueuedMail told{place_of(id), QueueState::waiting, false, clock_.wall(), {}};
        for (const auto& [recipient, pending] : mail.pending) {
            const bool is_leased = !pending.lease.empty();
            told.recipients.push_back(
                {recipient, RecipientStatus::pending, pending.reason, is_leased, std::nullopt});
            if (is_leased) told.leased_until = clock_.wall();
            if (pending.due <= clock_.boot()) continue;
            told.next_try = clock_.wall() + (pending.due - clock_.boot());
            told.recipients.back().next_try = told.next_try;
            told.reason = pending.reason;
        }
        if (told.leased_until)
            told.state = QueueState::leased;
        else if (lendable_of(mail).empty())
            told.state = QueueState::deferred;
        return told;
    }
    QueuedMail queued_kept(const SpoolId& id, Shelf shelf, const std::string& reason) const
    {
        const QueueState state = shelf == Shelf::held     ? QueueState::held
                                 : shelf == Shelf::failed ? QueueState::failed
                                                          : QueueState::corrupt;
        return {place_of(id), state, false, clock_.wall(), reason};
    }

    std::vector<std::string> lendable_of(const Mail& mail) const
    {
        std::vector<std::string> recipients;
        for (const auto& [recipient, pending] : mail.pending)
            if (pending.lease.empty() && pending.due <= clock_.boot())
                recipients.push_back(recipient);
        return recipients;
    }

    bool settle_one(const std::string& token, const Outcome& outcome)
    {
        const auto found = mails_.find(outcome.id);
        if (found == mails_.end()) return false;
        bool any = false;
        std::vector<std::string> done;
        for (auto& [recipient, pending] : found->second.pending) {
            const bool meant =
                outcome.recipients.empty() ||
                std::count(outcome.recipients.begin(), outcome.recipients.end(), recipient) != 0;
            if (!meant || pending.lease != token) continue;
            any = true;
            pending.lease.clear();
            pending.reason = outcome.reason;
            if (outcome.kind == OutcomeKind::deferred)
                pending.due = clock_.boot() + outcome.retry_after;
            else
                done.push_back(recipient);
        }
        for (const std::string& recipient : done) found->second.pending.erase(recipient);
        if (outcome.kind == OutcomeKind::failed && any) failed[outcome.id] = outcome.reason;
        if (outcome.kind == OutcomeKind::held && any) held[outcome.id] = outcome.reason;
        if (found->second.pending.empty()) {
            kept_records_[outcome.id] = found->second.record;
            mails_.erase(found);
        }
        return any;
    }

    void expire()
    {
        std::vector<std::string> over;
        for (const auto& [token, end] : leases_)
            if (end <= clock_.boot()) over.push_back(token);
        for (const std::string& token : over) end(token);
    }

    void end(const std::string& token)
    {
        for (auto& [id, mail] : mails_)
            for (auto& [recipient, pending] : mail.pending)
                if (pending.lease == token) pending.lease.clear();
        leases_.erase(token);
        changed_.notify_all();
    }

    Result<Done> move_to(std::map<SpoolId, std::string>& place, const Pick& pick,
                         const std::string& reason)
    {
        const std::lock_guard lock(mutex_);
        if (writes_fail_) return Error{ErrorKind::temporary, "move", ENOSPC};
        if (const auto found = mails_.find(pick.id); found != mails_.end())
            kept_records_[pick.id] = found->second.record;
        mails_.erase(pick.id);
        as_is.erase(pick.id);
        place[pick.id] = reason;
        return Done{};
    }

    ManualClock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<SpoolId, Mail> mails_;  // oldest first: ids sort by time
    std::map<SpoolId, Record> kept_records_;
    std::map<std::string, BootTime> leases_;
    std::size_t made_ = 0;
    std::size_t tokens_ = 0;
    bool writes_fail_ = false;
    std::optional<WallTime> stopped_since_;
};

}  // namespace mail::test
