/// One pair of hands: carries mails one after another through ledger, scrub and way out.
///
/// The end of one mail and the start of the next go into the ledger with one sync. So the outcome
/// of a mail is told when it is durable: with the next mail, or by finish().
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <vector>

#include "postman/lease_keeper.h"
#include "postman/postmaster.h"
#include "postman/way_out.h"

namespace postman
{

/// Told, ready for the postmaster.
struct Told {
    mail::Outcome outcome;
    bool is_repeat = false;  // known from the ledger, not delivered now
};

class Carrier
{
public:
    Carrier(WayOut& way_out, LeaseKeeper& lease) : way_out_(way_out), lease_(lease) {}

    enum class Next {
        mail,  // go on
        stop,  // a stop was asked for, the run's share is used up, the lease has ended, or the way
               // out or the ledger is broken
    };
    /// Delivers one mail. One bad mail never stops the others.
    /// blocks  for the ledger's sync and for the way out
    [[nodiscard]] Next carry(const HandedMail& mail, std::stop_token stop);
    /// Makes durable what was delivered last. Call it after the last mail.
    void finish();
    /// The outcomes that may be reported by now. Each is given once.
    [[nodiscard]] std::vector<Told> take_told();

private:
    Next carry_ours(const HandedMail& mail, std::stop_token stop);
    void put_off(const mail::SpoolId& id, const std::string& reason);
    Next carry_record(mail::Record record, std::stop_token stop);
    Next start(const mail::Record& record, const Plan& plan);
    Next deliver(const mail::Record& record, const Plan& plan);
    void judge(const mail::Record& record, const std::vector<std::string>& recipients,
               std::vector<Verdict> verdicts);
    mail::Outcome outcome_of(const mail::SpoolId& id, const Verdict& verdict) const;
    void tell(const mail::Outcome& outcome, bool is_repeat);
    void tell_failure(const mail::Outcome& outcome, const FailedMail& mail);
    void tell_decided(const mail::Record& record, const Plan& plan);
    void tell_waiting();
    void measure_window();

    WayOut& way_out_;
    LeaseKeeper& lease_;
    using Instant = std::chrono::steady_clock::time_point;
    std::optional<Instant> accepted_at_;  // by the way out, and not yet durable
    std::vector<LedgerEntry> ends_;       // of the last mail, not yet durable
    std::vector<mail::Outcome> waiting_;  // its outcomes
    FailedMail last_;                     // of it, where an outcome is one of failure
    std::vector<Told> told_;
};

}  // namespace postman
