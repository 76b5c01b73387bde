/// Where mail that came over HTTP goes into the store: is it open, and the commit itself.
#pragma once

#include <atomic>
#include <optional>
#include <string_view>

#include "common/envelope.h"
#include "common/result.h"
#include "common/spool/spool.h"
#include "postoffice/mail_store.h"

namespace postoffice::http
{

/// Our own trouble: the client tries again.
struct PutOff {
    std::string_view detail;  // for the client; lives for ever
    int retry_after_seconds = 2;
};

/// Any thread.
class MailDoor
{
public:
    /// Both must outlive it.
    MailDoor(MailStore& store, mail::Intake& intake) : store_(store), intake_(intake) {}

    /// Nothing: a request may be looked at.
    [[nodiscard]] std::optional<PutOff> why_closed() const;
    /// Nothing: a new mail has room, too. Asks the disk.
    [[nodiscard]] std::optional<PutOff> why_no_mail() const;
    /// Durable when it returns an id.
    /// blocks  for two syncs
    [[nodiscard]] mail::Result<mail::SpoolId> take(mail::Message message);
    /// The program goes down: nothing new is taken.
    void close() { is_stopping_ = true; }

private:
    MailStore& store_;
    mail::Intake& intake_;
    std::atomic<bool> is_stopping_{false};
};

}  // namespace postoffice::http
