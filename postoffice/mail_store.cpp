#include "postoffice/mail_store.h"

#include "common/log.h"

namespace postoffice
{

namespace
{

// A bug or a lack of memory while storing is one more reason to put the mail off, and must not
// leave it "being stored" for ever.
mail::Result<mail::SpoolId> commit_in(mail::Intake& intake, mail::Message message)
try {
    return intake.commit(std::move(message));
} catch (const std::exception& bug) {
    return mail::Error{mail::ErrorKind::temporary, std::string("commit: ") + bug.what(), 0};
}

}  // namespace

MailStore::Outcome MailStore::store(IncomingMail mail, std::uint64_t connection)
{
    mail::Message message{std::move(mail.envelope), std::move(mail.content).join()};
    const std::string digest = digest_of(message);
    ResendGuard::Verdict verdict;
    {
        const std::lock_guard lock(mutex_);
        verdict = guard_.begin(digest, connection);
    }
    switch (verdict.kind) {
        case ResendGuard::Verdict::Kind::store:
            return commit(std::move(message), verdict.ticket);
        case ResendGuard::Verdict::Kind::answer:
            mail::log::info("resend",
                            {{"id", verdict.id.hex()}, {"from", message.envelope.reverse_path}});
            return {verdict.id, verdict.ticket};
        case ResendGuard::Verdict::Kind::busy:
            break;
    }
    mail::log::warning("not stored", {{"from", message.envelope.reverse_path},
                                      {"reason", "the same mail is being stored"}});
    return {mail::Error{mail::ErrorKind::temporary, "store a resend", 0}, 0};
}

MailStore::Outcome MailStore::commit(mail::Message message, ResendGuard::Ticket ticket)
{
    const auto start = clock_.boot();
    const std::string from = message.envelope.reverse_path;
    const std::size_t recipients = message.envelope.recipients.size();
    const std::size_t size = message.content.size();
    auto result = commit_in(intake_, std::move(message));
    {
        const std::lock_guard lock(mutex_);
        if (result)
            guard_.stored(ticket, *result);
        else
            guard_.failed(ticket);
    }
    if (!result) {
        mail::log::error("not stored",
                         {{"from", from}, {"size", size}, {"reason", result.error().describe()}});
        return {std::move(result), 0};
    }
    const auto duration = (clock_.boot() - start).count();
    mail::log::info("queued", {{"id", result->hex()},
                               {"from", from},
                               {"rcpts", recipients},
                               {"size", size},
                               {"duration_ms", duration}});
    return {std::move(result), ticket};
}

void MailStore::confirm(ResendGuard::Ticket ticket)
{
    const std::lock_guard lock(mutex_);
    guard_.confirm(ticket);
}

}  // namespace postoffice
