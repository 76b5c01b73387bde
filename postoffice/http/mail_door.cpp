#include "postoffice/http/mail_door.h"

namespace postoffice::http
{
namespace
{

// Equal mails of one connection are two mails (ResendGuard): a client that wants one, though it
// asks twice, says so with an Idempotency-Key. SMTP's connections are numbered from 1.
constexpr std::uint64_t kConnection = 0;

}  // namespace

std::optional<PutOff> MailDoor::why_closed() const
{
    if (is_stopping_) return PutOff{"Stopping. Try again soon.", 5};
    if (intake_.is_lost()) return PutOff{"The spool cannot be used at the moment.", 30};
    return std::nullopt;
}

std::optional<PutOff> MailDoor::why_no_mail() const
{
    if (auto closed = why_closed()) return closed;
    if (!intake_.has_room()) return PutOff{"There is no room for mail at the moment.", 60};
    return std::nullopt;
}

mail::Result<mail::SpoolId> MailDoor::take(mail::Message message)
{
    IncomingMail mail{std::move(message.envelope), Content(std::move(message.content))};
    MailStore::Outcome outcome = store_.store(std::move(mail), kConnection, "http");
    if (outcome.ticket != 0) store_.confirm(outcome.ticket);
    return std::move(outcome.result);
}

}  // namespace postoffice::http
