#include "postmaster/desk.h"

#include <algorithm>

#include "common/log.h"
#include "common/log_together.h"
#include "postmaster/outcomes_body.h"

namespace postmaster
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Lease;
using mail::Outcome;
using mail::Result;
using mail::Settlement;
namespace log = mail::log;

constexpr std::size_t kOriginalBatch = 50;

/// Enough of a token to find it again in a log, too little to settle with.
std::string shown(const std::string& token)
{
    return token.substr(0, 8);
}

std::string lease_head(const Lease& lease)
{
    return R"({"lease":")" + lease.token + R"(","seconds":)" +
           std::to_string(lease.seconds.count()) + R"(,"expires":")" +
           mail::rfc3339(lease.expires) + R"(","messages":[)";
}

/// As long as the head that will stand there, so that the records behind it need not be moved.
std::string room_for_head(std::chrono::seconds seconds)
{
    return lease_head({std::string(32, '0'), seconds, mail::WallTime{}});
}

void log_batch(const Batch& batch, std::string_view event, const std::string& lease)
{
    const log::Together one_write;
    for (const BatchEntry& entry : batch.entries())
        log::info(event, {{"id", entry.loan.pick.id.hex()},
                          {"lease", lease},
                          {"recipients", entry.loan.recipients.size()},
                          {"size", entry.bytes},
                          {"scrubbed", entry.removed}});
}

void log_outcome(const Outcome& outcome, const std::string& recipient, bool known)
{
    const log::Level level =
        outcome.kind == mail::OutcomeKind::delivered ? log::Level::info : log::Level::warning;
    log::write(level, known ? "outcome" : "outcome for a mail that is not lent",
               {{"id", outcome.id.hex()},
                {"recipient", recipient},
                {"outcome", word_of(outcome.kind)},
                {"reason", outcome.reason}});
}

void log_settlement(const std::vector<Outcome>& outcomes, const Settlement& settlement)
{
    const log::Together one_write;
    for (const Outcome& outcome : outcomes) {
        const bool known = std::find(settlement.unknown.begin(), settlement.unknown.end(),
                                     outcome.id) == settlement.unknown.end();
        if (outcome.recipients.empty()) log_outcome(outcome, "all", known);
        for (const std::string& recipient : outcome.recipients)
            log_outcome(outcome, recipient, known);
    }
}

/// The operator stopped all hand-out while a batch was being made: nothing waits for this courier.
template <class T>
bool is_stopped(const Result<T>& handed_out)
{
    return !handed_out && handed_out.error().kind == ErrorKind::refused;
}

}  // namespace

Desk::Desk(mail::HandOut& hand_out, Gate& gate, BatchLimits limits, const mail::Clock& clock)
    : hand_out_(hand_out), gate_(gate), limits_(limits), clock_(clock)
{
}

template <class T>
Result<T> Desk::watched(Result<T> result, std::string_view what)
{
    const bool failed = !result && result.error().kind == ErrorKind::temporary;
    if (failed)
        log::error("the spool refuses", {{"step", what}, {"reason", result.error().describe()}});
    if (failed || result) healthy_ = !failed;
    return result;
}

/// A batch with what waits. Where all of a long row of mails had to be held, what is behind them is
/// still there to be lent.
std::unique_ptr<Batch> Desk::filled(RecordForm form, BatchLimits limits, const std::string& head,
                                    const std::function<bool()>& client_is_there)
{
    for (;;) {
        auto batch = std::make_unique<Batch>(hand_out_, gate_, form, limits, head);
        batch->fill();
        const bool is_to_go_on = batch->is_empty() && batch->stopped_early();
        if (!is_to_go_on || !client_is_there()) return batch;
    }
}

Result<std::optional<std::string>> Desk::lease(std::size_t max, std::chrono::seconds seconds,
                                               const std::function<bool()>& client_is_there)
{
    const auto batch = filled(RecordForm::ours, {std::min(max, limits_.mails), limits_.bytes},
                              room_for_head(seconds), client_is_there);
    if (batch->is_empty() && batch->met_trouble())
        return Error{ErrorKind::temporary, "read what waits"};
    if (batch->is_empty() || !client_is_there()) return std::optional<std::string>();

    const auto lease = watched(hand_out_.lease(batch->loans(), seconds), "lease");
    batch->keep_all();  // lent, or waiting again by lease()'s own doing
    if (is_stopped(lease)) return std::optional<std::string>();
    if (!lease) return lease.error();
    counts_.note_lent(*batch, counts_.leased, clock_);
    log_batch(*batch, "handed out", shown(lease->token));
    batch->json().replace(0, room_for_head(seconds).size(), lease_head(*lease));
    batch->json() += "]}";
    return std::optional(std::move(batch->json()));
}

void Desk::wait_for_mail(std::chrono::steady_clock::time_point deadline,
                         const std::stop_token& stop)
{
    hand_out_.wait_for_mail(deadline, stop);
}

Result<Settlement> Desk::settle(const std::string& token, const std::vector<Outcome>& outcomes)
{
    auto settlement = watched(hand_out_.settle(token, outcomes), "settle");
    if (!settlement) return settlement;
    counts_.note_settled(outcomes, *settlement);
    log_settlement(outcomes, *settlement);
    return settlement;
}

Result<Lease> Desk::renew(const std::string& token, std::chrono::seconds seconds)
{
    auto lease = watched(hand_out_.renew(token, seconds), "renew");
    if (lease)
        log::info("lease renewed", {{"lease", shown(token)}, {"seconds", lease->seconds.count()}});
    return lease;
}

Result<Done> Desk::release(const std::string& token)
{
    auto released = watched(hand_out_.release(token), "release");
    if (released) log::info("lease ended by its courier", {{"lease", shown(token)}});
    return released;
}

Result<std::string> Desk::hand_over(const std::function<bool()>& client_is_there)
{
    const auto batch =
        filled(RecordForm::original, {std::min(kOriginalBatch, limits_.mails), limits_.bytes}, "[",
               client_is_there);
    if (batch->is_empty() && batch->met_trouble())
        return Error{ErrorKind::temporary, "read what waits"};
    if (batch->is_empty() || !client_is_there()) return std::string("[]");

    const auto handed = watched(hand_out_.hand_over(batch->picks()), "hand over");
    if (is_stopped(handed)) {
        batch->keep_all();  // they wait again by hand_over()'s own doing
        return std::string("[]");
    }
    if (!handed) {
        log_batch(*batch, "not handed over", "none");
        return handed.error();
    }
    batch->keep_all();
    counts_.note_lent(*batch, counts_.handed_over, clock_);
    log_batch(*batch, "handed over for good", "none");
    batch->json() += "]";
    return std::move(batch->json());
}

}  // namespace postmaster
