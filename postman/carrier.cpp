#include "postman/carrier.h"

#include <algorithm>
#include <exception>
#include <unordered_map>

#include "common/log.h"
#include "common/privacy/message_view.h"
#include "postman/last_look.h"
#include "postman/outcome_report.h"

namespace postman
{
namespace
{

constexpr std::size_t kMaxReasonBytes = 500;
constexpr std::size_t kLargeBytes = 256 * 1024;  // decoding it takes longer than a sync

std::int64_t now_seconds(const mail::Clock& clock)
{
    return std::chrono::floor<std::chrono::seconds>(clock.wall().time_since_epoch()).count();
}

/// Without control characters, so that nobody's terminal or header suffers.
std::string cleaned(std::string_view reason)
{
    std::string text(reason.substr(0, kMaxReasonBytes));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    return text;
}

std::string first_few(const std::vector<std::string>& recipients)
{
    constexpr std::size_t kShown = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(recipients.size(), kShown); ++i)
        text.append(i == 0 ? "" : ",").append(recipients[i]);
    if (recipients.size() > kShown) text += ",+" + std::to_string(recipients.size() - kShown);
    return text;
}

void log_outcome(const mail::Outcome& outcome, bool is_repeat)
{
    using mail::OutcomeKind;
    namespace log = mail::log;
    const std::string id = outcome.id.hex();
    const std::string to = first_few(outcome.recipients);
    switch (outcome.kind) {
        case OutcomeKind::delivered:
            log::info(is_repeat ? "confirmed-again" : "delivered", {{"id", id}, {"to", to}});
            break;
        case OutcomeKind::deferred:
            log::warning("deferred", {{"id", id},
                                      {"to", to},
                                      {"retry_after", outcome.retry_after.count()},
                                      {"reason", outcome.reason}});
            break;
        case OutcomeKind::failed:
        case OutcomeKind::held:
            log::error(name_of(outcome.kind), {{"id", id}, {"to", to}, {"reason", outcome.reason}});
            break;
    }
}

std::vector<LedgerEntry> entries(LedgerEvent event, const mail::SpoolId& id,
                                 const std::vector<std::string>& recipients)
{
    std::vector<LedgerEntry> list;
    list.reserve(recipients.size());
    for (const std::string& recipient : recipients) list.push_back({event, id, recipient});
    return list;
}

LedgerEvent event_of(const Verdict& verdict)
{
    if (verdict.kind == mail::OutcomeKind::delivered) return LedgerEvent::done;
    return verdict.is_untried ? LedgerEvent::withdrawn : LedgerEvent::ended;
}

bool is_failure(const mail::Outcome& outcome)
{
    return outcome.kind == mail::OutcomeKind::failed || outcome.kind == mail::OutcomeKind::held;
}

FailedMail failed_mail(const mail::Record& record, bool may_show)
{
    const auto header = mail::privacy::view_message(record.content).header;
    return {record.id, record.envelope.reverse_path, std::string(may_show ? header : "")};
}

/// Keeps a mail marked as at work while it is.
class Marked
{
public:
    Marked(AtWork& at_work, const mail::SpoolId& id)
        : at_work_(at_work), id_(id), is_ours_(at_work.begin(id))
    {
    }
    Marked(const Marked&) = delete;
    Marked& operator=(const Marked&) = delete;
    ~Marked()
    {
        if (is_ours_) at_work_.end(id_);
    }
    bool is_ours() const { return is_ours_; }

private:
    AtWork& at_work_;
    mail::SpoolId id_;
    bool is_ours_;
};

/// A place on the gangway, entered before.
class Place
{
public:
    Place(Gangway& gangway, bool alone) : gangway_(gangway), alone_(alone) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { gangway_.leave(alone_); }

private:
    Gangway& gangway_;
    bool alone_;
};

}  // namespace

std::vector<Told> Carrier::take_told()
{
    return std::exchange(told_, {});
}

void Carrier::tell(const mail::Outcome& outcome, bool is_repeat)
{
    log_outcome(outcome, is_repeat);
    told_.push_back({outcome, is_repeat});
}

/// Known on the disk before the postmaster hears of it: then it is told once at least.
void Carrier::tell_failure(const mail::Outcome& outcome, const FailedMail& mail)
{
    if (way_out_.failures != nullptr) way_out_.failures->failed(mail, outcome);
    tell(outcome, false);
}

void Carrier::tell_decided(const mail::Record& record, const Plan& plan)
{
    // The look and the sync of a failure are not to widen the last mail's window.
    if (std::any_of(plan.decided.begin(), plan.decided.end(), is_failure)) finish();
    for (const mail::Outcome& outcome : plan.decided) {
        if (!is_failure(outcome)) {
            tell(outcome, outcome.kind == mail::OutcomeKind::delivered);
            continue;
        }
        mail::Record seen = record;
        const bool may_show = last_look(seen, way_out_.rules).empty();
        tell_failure(outcome, failed_mail(seen, may_show));
    }
}

void Carrier::tell_waiting()
{
    for (const mail::Outcome& outcome : std::exchange(waiting_, {})) {
        if (is_failure(outcome))
            tell_failure(outcome, last_);
        else
            tell(outcome, false);
    }
}

Carrier::Next Carrier::carry(const HandedMail& mail, std::stop_token stop)
{
    const Marked marked(way_out_.at_work, mail.id);
    if (!marked.is_ours()) return Next::mail;
    try {
        return carry_ours(mail, std::move(stop));
    } catch (const std::exception& fault) {
        put_off(mail.id, fault.what());
        return Next::mail;
    }
}

/// A lack of memory, or a bug that one mail sets off: the others go on. Where its end is known
/// already, that is told in its place. Where it was started and has no end, the ledger says so.
void Carrier::put_off(const mail::SpoolId& id, const std::string& reason)
{
    mail::log::error("mail-fault", {{"id", id.hex()}, {"reason", reason}});
    const bool has_end = std::any_of(ends_.begin(), ends_.end(),
                                     [&](const LedgerEntry& entry) { return entry.id == id; });
    if (!has_end)
        tell({.id = id, .kind = mail::OutcomeKind::deferred, .reason = cleaned(reason)}, false);
}

Carrier::Next Carrier::carry_ours(const HandedMail& mail, std::stop_token stop)
{
    if (mail.bytes > kLargeBytes) finish();
    auto record = mail.read();
    if (record) return carry_record(std::move(*record), stop);
    if (record.error().kind == mail::ErrorKind::temporary) {
        mail::log::warning("record-unread",
                           {{"id", mail.id.hex()}, {"reason", record.error().describe()}});
        return Next::mail;
    }
    tell({.id = mail.id,
          .kind = mail::OutcomeKind::held,
          .reason = cleaned("the record is not sound: " + record.error().step)},
         false);
    return Next::mail;
}

Carrier::Next Carrier::carry_record(mail::Record record, std::stop_token stop)
{
    const Plan plan = plan_delivery(
        record,
        [&](const std::string& recipient) {
            return way_out_.ledger.standing(record.id, recipient);
        },
        way_out_.rules.unconfirmed);
    tell_decided(record, plan);
    if (plan.deliver.empty()) return Next::mail;

    const auto begin = way_out_.pace.take_turn(way_out_.clock.boot());
    if (!begin) return Next::stop;
    if (*begin > way_out_.clock.boot()) {
        finish();  // nothing waits unsynced while we pause
        wait_until(way_out_.clock, *begin, stop);
        if (stop.stop_requested()) return Next::stop;
    }
    if (const std::string shown = last_look(record, way_out_.rules); !shown.empty()) {
        const mail::Outcome held{.id = record.id,
                                 .kind = mail::OutcomeKind::held,
                                 .recipients = plan.deliver,
                                 .reason = cleaned(shown)};
        finish();  // as above
        tell_failure(held, {record.id, record.envelope.reverse_path, ""});
        return Next::mail;
    }
    if (!way_out_.gangway.try_enter(plan.alone)) {
        finish();
        way_out_.gangway.enter(plan.alone);
    }
    const Place place(way_out_.gangway, plan.alone);
    if (lease_.is_due()) finish();  // nothing waits unsynced while we ask
    if (way_out_.is_broken() || !lease_.holds()) return Next::stop;
    if (start(record, plan) == Next::stop) return Next::stop;
    return deliver(record, plan);
}

Carrier::Next Carrier::start(const mail::Record& record, const Plan& plan)
{
    std::vector<LedgerEntry> lines = std::exchange(ends_, {});
    const auto starts = entries(LedgerEvent::started, record.id, plan.deliver);
    lines.insert(lines.end(), starts.begin(), starts.end());
    const auto ok = way_out_.ledger.record(lines);
    if (ok) measure_window();
    // Delivered is delivered: it is reported even if the ledger could not keep it.
    tell_waiting();
    if (ok) return Next::mail;
    mail::log::error("ledger-broken", {{"id", record.id.hex()}, {"reason", ok.error().describe()}});
    way_out_.fault = Fault::ledger;
    return Next::stop;
}

Carrier::Next Carrier::deliver(const mail::Record& record, const Plan& plan)
{
    std::variant<std::vector<Verdict>, Broken> answer;
    try {
        answer = way_out_.backend.deliver(record, plan.deliver);
    } catch (const std::exception& fault) {
        mail::log::error("delivery-fault", {{"id", record.id.hex()}, {"reason", fault.what()}});
        answer = std::vector<Verdict>{};
    }
    if (const auto* broken = std::get_if<Broken>(&answer)) {
        mail::log::error("delivery-broken", {{"id", record.id.hex()},
                                             {"via", way_out_.backend.name()},
                                             {"reason", cleaned(broken->reason)}});
        ends_ = entries(LedgerEvent::withdrawn, record.id, plan.deliver);
        way_out_.fault = Fault::backend;
        return Next::stop;
    }
    accepted_at_ = std::chrono::steady_clock::now();
    judge(record, plan.deliver, std::get<std::vector<Verdict>>(std::move(answer)));
    return Next::mail;
}

/// W5 ends here: from now on a kill finds the delivery in the ledger.
void Carrier::measure_window()
{
    if (!accepted_at_) return;
    way_out_.unconfirmed.add(std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - *accepted_at_));
    accepted_at_.reset();
}

void Carrier::judge(const mail::Record& record, const std::vector<std::string>& recipients,
                    std::vector<Verdict> verdicts)
{
    std::unordered_map<std::string, Verdict> given;
    for (Verdict& verdict : verdicts) given.emplace(verdict.recipient, std::move(verdict));
    for (const std::string& recipient : recipients) {
        const auto found = given.find(recipient);
        const Verdict verdict = found != given.end()
                                    ? found->second
                                    : Verdict{.recipient = recipient,
                                              .reason = "the way out gave no verdict",
                                              .may_be_accepted = true};
        ends_.push_back({event_of(verdict), record.id, recipient});

        mail::Outcome outcome = outcome_of(record.id, verdict);
        const auto same =
            std::find_if(waiting_.begin(), waiting_.end(), [&](const mail::Outcome& other) {
                return other.kind == outcome.kind && other.reason == outcome.reason;
            });
        if (same == waiting_.end())
            waiting_.push_back(std::move(outcome));
        else
            same->recipients.push_back(recipient);
    }
    if (std::any_of(waiting_.begin(), waiting_.end(), is_failure))
        last_ = failed_mail(record, true);
}

mail::Outcome Carrier::outcome_of(const mail::SpoolId& id, const Verdict& verdict) const
{
    mail::Outcome outcome{.id = id, .kind = verdict.kind, .recipients = {verdict.recipient}};
    if (verdict.kind == mail::OutcomeKind::delivered) return outcome;
    outcome.reason = cleaned(verdict.reason);
    if (verdict.kind != mail::OutcomeKind::deferred) return outcome;
    if (verdict.may_be_accepted && way_out_.rules.unconfirmed == Unconfirmed::hold) {
        outcome.kind = mail::OutcomeKind::held;
        outcome.reason += "; it may have arrived";
        return outcome;
    }
    const Standing standing = way_out_.ledger.standing(id, verdict.recipient);
    if (!verdict.is_untried && is_lifetime_over(standing.first_attempt, now_seconds(way_out_.clock),
                                                way_out_.rules.lifetime)) {
        outcome.kind = mail::OutcomeKind::failed;
        outcome.reason =
            "given up after " + std::to_string(standing.attempts) + " attempts: " + outcome.reason;
        return outcome;
    }
    outcome.retry_after = verdict.retry_after ? *verdict.retry_after
                                              : retry_delay(standing.attempts, way_out_.chance);
    return outcome;
}

void Carrier::finish()
{
    if (ends_.empty()) return;
    const auto ok = way_out_.ledger.record(std::exchange(ends_, {}));
    if (ok) measure_window();
    tell_waiting();
    if (ok) return;
    mail::log::error("ledger-broken", {{"reason", ok.error().describe()}});
    way_out_.fault = Fault::ledger;
}

}  // namespace postman
