#include "postman/queue_postmaster.h"

#include <algorithm>

#include "common/log.h"
#include "common/privacy/message_view.h"

namespace postman
{
namespace
{

namespace log = mail::log;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::chrono::seconds kLeaseSeconds{900};
/// A rest that is longer was written by a clock that went back since.
constexpr std::int64_t kLongestRest = 25 * 3600;

std::uint64_t key_of(const mail::SpoolId& id, const std::string& recipient)
{
    return LedgerKey::of(id, recipient).recipient;
}

std::vector<std::string> each_once(const std::vector<std::string>& recipients)
{
    std::vector<std::string> list;
    std::set<std::string_view> seen;
    for (const std::string& recipient : recipients)
        if (seen.insert(recipient).second) list.push_back(recipient);
    return list;
}

mail::Record record_of(mail::nullmailer::QueuedMail mail, std::vector<std::string> recipients)
{
    mail::Record record;
    record.id = mail.id;
    record.envelope = std::move(mail.envelope);
    record.envelope.recipients = std::move(recipients);
    record.subject = mail::privacy::decoded_subject(mail.content);
    record.timestamp = mail::record_timestamp(mail::WallTime(std::chrono::seconds(mail.queued_at)));
    record.sha256 = mail::sha256_hex(mail.content);
    record.content = std::move(mail.content);
    return record;
}

/// Read again when its turn comes, so that a batch of large mails is not in memory at once. What
/// changed meanwhile is left for the next run.
HandedMail handed(mail::nullmailer::QueueDirectory& queue, const std::string& name,
                  const mail::SpoolId& id, std::size_t bytes, std::vector<std::string> recipients)
{
    return {id, bytes, [&queue, name, id, recipients]() -> Result<mail::Record> {
                auto mail = queue.read(name);
                if (!mail) return Error{ErrorKind::temporary, mail.error().describe()};
                if (mail->id != id)
                    return Error{ErrorKind::temporary, name + " is another file now"};
                return record_of(std::move(*mail), recipients);
            }};
}

}  // namespace

std::int64_t QueuePostmaster::now() const
{
    return std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch()).count();
}

Result<Batch> QueuePostmaster::lease(std::size_t most, std::chrono::seconds, std::stop_token stop)
{
    if (auto ok = ledger_.open(); !ok) return std::move(ok).error();
    if (names_.empty())
        if (auto ok = look_for_names(); !ok) return std::move(ok).error();
    Batch batch{"queue", kLeaseSeconds, {}, 0};
    while (!names_.empty() && batch.mails.size() < most && !stop.stop_requested()) {
        const std::string name = std::move(names_.back());
        names_.pop_back();
        offered_.insert(name);
        if (auto mail = lend(name)) batch.mails.push_back(std::move(*mail));
    }
    return batch;
}

Result<mail::Done> QueuePostmaster::look_for_names()
{
    auto names = queue_.names();
    if (!names) return std::move(names).error();
    std::erase_if(*names, [&](const std::string& name) { return offered_.contains(name); });
    names_.assign(names->rbegin(), names->rend());
    return mail::Done{};
}

std::optional<HandedMail> QueuePostmaster::lend(const std::string& name)
{
    auto mail = queue_.read(name);
    if (!mail) {
        cannot_read(name, mail.error());
        return std::nullopt;
    }
    auto note = notes_.of(mail->id);
    if (!note) {
        cannot_read(name, note.error());
        return std::nullopt;
    }
    const mail::SpoolId id = mail->id;
    Lent lent{name, each_once(mail->envelope.recipients), std::move(*note), {}};
    for (const std::string& recipient : lent.recipients)
        if (!lent.note.refused.contains(key_of(id, recipient)) &&
            !ledger_.standing(id, recipient).is_done)
            lent.open.insert(recipient);
    if (lent.open.empty()) {  // a run was killed before it could remove the file
        if (auto ok = finish(id, lent); !ok) cannot_read(name, ok.error());
        return std::nullopt;
    }
    auto recipients = due(id, lent);
    if (recipients.empty()) {
        ++resting_;
        return std::nullopt;
    }
    log::info("picked-up", {{"id", id.hex()},
                            {"file", name},
                            {"size", mail->content.size()},
                            {"from", mail->envelope.reverse_path},
                            {"recipients", recipients.size()}});
    lent_.insert_or_assign(id, std::move(lent));
    return handed(queue_, name, id, mail->content.size(), std::move(recipients));
}

/// Not this run's to decide, or no mail: others go on.
void QueuePostmaster::cannot_read(const std::string& name, const Error& error)
{
    if (error.kind == ErrorKind::missing) return;
    if (error.kind == ErrorKind::conflict) {
        ++resting_;
        log::info("queue-file-unfinished", {{"file", name}});
        return;
    }
    ++unreadable_;
    log::error("queue-file-unread", {{"file", name}, {"reason", error.describe()}});
    if (error.kind != ErrorKind::malformed) return;
    if (const auto ok = queue_.bury(name); !ok)
        log::error("queue-file-not-moved", {{"file", name}, {"reason", ok.error().describe()}});
}

std::vector<std::string> QueuePostmaster::due(const mail::SpoolId& id, const Lent& lent) const
{
    std::vector<std::string> list;
    for (const std::string& recipient : lent.recipients) {
        if (!lent.open.contains(recipient)) continue;
        const auto rest = lent.note.rests.find(key_of(id, recipient));
        const std::int64_t left = rest == lent.note.rests.end() ? 0 : rest->second - now();
        if (left <= 0 || left > kLongestRest) list.push_back(recipient);
    }
    return list;
}

Result<mail::Settlement> QueuePostmaster::report(const std::string&,
                                                 const std::vector<mail::Outcome>& outcomes)
{
    mail::Settlement settlement;
    for (const mail::Outcome& outcome : outcomes) {
        const auto is_gone = take_outcome(outcome);
        if (!is_gone) return is_gone.error();
        // What stays in the queue comes back: the ledger must not count it as confirmed.
        (*is_gone ? settlement.settled : settlement.unknown).push_back(outcome.id);
    }
    return settlement;
}

Result<bool> QueuePostmaster::take_outcome(const mail::Outcome& outcome)
{
    const auto found = lent_.find(outcome.id);
    if (found == lent_.end()) return true;  // repeated: finished before
    Lent& lent = found->second;
    const std::vector<std::string> recipients =
        outcome.recipients.empty() ? due(outcome.id, lent) : outcome.recipients;
    QueueNote note = lent.note;
    for (const std::string& recipient : recipients) {
        const std::uint64_t key = key_of(outcome.id, recipient);
        note.rests.erase(key);
        if (outcome.kind == mail::OutcomeKind::deferred)
            note.rests[key] = now() + outcome.retry_after.count();
        else if (outcome.kind != mail::OutcomeKind::delivered)
            note.refused.insert(key);
    }
    if (!(note == lent.note))
        if (auto ok = notes_.write(outcome.id, note); !ok) return std::move(ok).error();
    lent.note = std::move(note);
    if (outcome.kind != mail::OutcomeKind::deferred)
        for (const std::string& recipient : recipients) lent.open.erase(recipient);
    if (!lent.open.empty()) return false;
    if (auto ok = finish(outcome.id, lent); !ok) return std::move(ok).error();
    lent_.erase(found);
    return true;
}

/// Nobody waits any more: the file goes, or to failed/ with those who were refused.
Result<mail::Done> QueuePostmaster::finish(const mail::SpoolId& id, const Lent& lent)
{
    std::vector<std::string> refused;
    std::vector<LedgerEntry> entries;
    for (const std::string& recipient : lent.recipients) {
        const bool is_refused = lent.note.refused.contains(key_of(id, recipient));
        if (is_refused) refused.push_back(recipient);
        entries.push_back(
            {is_refused ? LedgerEvent::forgotten : LedgerEvent::confirmed, id, recipient});
    }
    auto ok = refused.empty() ? queue_.remove(lent.name) : queue_.bury(lent.name, refused);
    if (!ok) {
        log::error("queue-file-not-moved",
                   {{"id", id.hex()}, {"file", lent.name}, {"reason", ok.error().describe()}});
        return ok;
    }
    ledger_.note(entries);
    notes_.drop(id);
    return ok;
}

Result<std::chrono::seconds> QueuePostmaster::renew(const std::string&)
{
    return kLeaseSeconds;
}

Result<mail::Done> QueuePostmaster::release(const std::string&)
{
    lent_.clear();
    return mail::Done{};
}

}  // namespace postman
