/// From a complete mail to a durable one: joins its pieces, looks whether it is a resend, commits
/// it, writes the log line. Knows nothing of SMTP's words.
#pragma once

#include <cstdint>
#include <mutex>

#include "common/spool/spool.h"
#include "postoffice/conversation.h"
#include "postoffice/resend_guard.h"

namespace postoffice
{

class MailStore
{
public:
    struct Outcome {
        mail::Result<mail::SpoolId> result = mail::Error{mail::ErrorKind::temporary, "store", 0};
        ResendGuard::Ticket ticket =
            0;  // to be confirmed once the client has heard the 250; 0: nothing to
    };

    explicit MailStore(mail::Intake& intake, const mail::Clock& clock = mail::system_clock())
        : intake_(intake), clock_(clock), guard_(clock)
    {
    }

    /// Any thread. blocks  for two syncs
    /// connection  tells connections of this process apart (ResendGuard)
    Outcome store(IncomingMail mail, std::uint64_t connection);
    /// Any thread; quick.
    void confirm(ResendGuard::Ticket ticket);

private:
    Outcome commit(mail::Message message, ResendGuard::Ticket ticket);

    mail::Intake& intake_;
    const mail::Clock& clock_;
    std::mutex mutex_;  // of guard_
    ResendGuard guard_;
};

}  // namespace postoffice
