/// A way out. The courier gives it a mail and an envelope, and it says what became of each
/// recipient. Implementations are siblings: sendmail_backend, maildir_backend.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/spool/record.h"
#include "common/spool/spool.h"

namespace postman
{

struct Verdict {
    std::string recipient = {};
    /// `held` is for a mail that this way out cannot carry as its envelope says and another one
    /// could: a person decides.
    mail::OutcomeKind kind = mail::OutcomeKind::deferred;
    std::string reason = {};  // the way out's own words; empty when delivered
    /// Deferred, but it may have been accepted all the same: cut off after the last byte, killed at
    /// the timeout. With --unconfirmed hold such a recipient is held, not tried again.
    bool may_be_accepted = false;
    /// The way out's own wish for the next try; else the courier backs off by its own rule.
    std::optional<std::chrono::seconds> retry_after = std::nullopt;
    /// Deferred before the way out was asked (an account's limit): no attempt, and the mail's
    /// lifetime does not end by it.
    bool is_untried = false;
};

/// The way out itself is broken (no such program, a configuration error): the run stops and
/// confirms nothing. Only for a mail of which no recipient was accepted.
struct Broken {
    std::string reason;
};

class DeliveryBackend
{
public:
    virtual ~DeliveryBackend() = default;
    /// For logs: "sendmail:/usr/sbin/sendmail".
    virtual std::string name() const = 0;
    /// The same of the one that this recipient's mail would go by, where several stand behind it.
    virtual std::string name_for(const mail::Record&, const std::string& /*recipient*/) const
    {
        return name();
    }
    /// Asked once before a run: nothing is leased for a way out that is broken.
    virtual std::optional<Broken> check() { return std::nullopt; }
    /// For `postman check`: as check(), and as far as it goes without a mail; makes nothing.
    virtual std::optional<Broken> rehearse() { return check(); }
    /// Delivers `record.content` (scrubbed; CRLF line ends) to `recipients` (a part of the
    /// record's, at least one). Sender and recipients hold no control character and do not begin
    /// with `-`. Called from several threads. Blocks until the way out has answered, at most its
    /// own timeout. One verdict per recipient; a recipient without one, or all where it throws, may
    /// have been accepted.
    virtual std::variant<std::vector<Verdict>, Broken> deliver(
        const mail::Record& record, const std::vector<std::string>& recipients) = 0;
    /// The same within a time that several ways out share: a way out that may take long ends by
    /// `deadline`, if its own timeout is not over before.
    using Deadline = std::chrono::steady_clock::time_point;
    virtual std::variant<std::vector<Verdict>, Broken> deliver_until(
        const mail::Record& record, const std::vector<std::string>& recipients, Deadline)
    {
        return deliver(record, recipients);
    }
};

}  // namespace postman
