/// The courier's own mail: keeps failures for the summary, writes reports to senders, and sends
/// both by the same way out, with a ledger and a spool of its own (STATE/notices/). What fails of
/// these is told nobody but the log, so nothing can go in circles.
#pragma once

#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "common/spool/spool_layout.h"
#include "postman/reports/failure.h"
#include "postman/reports/failure_log.h"
#include "postman/reports/notice_rules.h"
#include "postman/way_out.h"

namespace postman
{

class Notices final : public FailureSink
{
public:
    /// carry_rules  of the run: with --origin the gate judges the courier's own mail too
    Notices(NoticeRules rules, const std::string& state, CarryRules carry_rules, mail::Files& files,
            const mail::Clock& clock);

    /// Makes the directories. Call it before anything else.
    [[nodiscard]] mail::Result<mail::Done> prepare();
    void failed(const FailedMail& mail, const mail::Outcome& outcome) override;
    /// After a round: writes the summary if it is time, and sends what waits. Blocks for that.
    void send(DeliveryBackend& backend, std::stop_token stop);

private:
    void note(const FailedMail& mail, const mail::Outcome& outcome);
    void report(const FailedMail& mail, const mail::Outcome& outcome);
    mail::Result<mail::Done> summarize();
    FailureEntry shown(FailureEntry entry) const;
    NoticeNames names(const mail::SpoolId& id) const;
    mail::Result<mail::Done> put(const mail::SpoolId& id, const std::string& to,
                                 std::string content);
    mail::Result<bool> has_mail();

    const NoticeRules rules_;
    const mail::SpoolLayout layout_;
    CarryRules carry_rules_;
    mail::Files& files_;
    const mail::Clock& clock_;
    FailureLog log_;
    std::mutex sending_;  // several endpoints end their rounds at the same time
};

}  // namespace postman
