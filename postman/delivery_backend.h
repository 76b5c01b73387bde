/// A way out. The courier gives it a mail and an envelope, and it says what became of each recipient.
/// Implementations are siblings: sendmail_backend, maildir_backend.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/spool/record.h"
#include "common/spool/spool.h"

namespace postman {

struct Verdict {
    std::string recipient;
    mail::OutcomeKind kind = mail::OutcomeKind::deferred;  // delivered, deferred or failed
    std::string reason;  // the way out's own words, cleaned of control characters; empty when delivered
};

/// The way out itself is broken (no such program, a configuration error): the run stops and
/// confirms nothing.
struct Broken {
    std::string reason;
};

class DeliveryBackend {
public:
    virtual ~DeliveryBackend() = default;
    /// For logs: "sendmail:/usr/sbin/sendmail".
    virtual std::string name() const = 0;
    /// Delivers `record.content` to `recipients` (a part of the record's). Called from several threads.
    /// Blocks until the way out has answered, at most its own timeout. One verdict per recipient.
    virtual std::variant<std::vector<Verdict>, Broken> deliver(const mail::Record& record,
                                                               const std::vector<std::string>& recipients) = 0;
};

}  // namespace postman
