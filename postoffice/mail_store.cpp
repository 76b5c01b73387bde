#include "postoffice/mail_store.h"

#include "common/log.h"
#include "common/log_together.h"
#include "common/spool/record.h"

namespace postoffice
{

namespace
{

using Results = std::vector<mail::Result<mail::SpoolId>>;

mail::Result<mail::SpoolId> failed_for(const std::exception& bug)
{
    return mail::Error{mail::ErrorKind::temporary, std::string("commit: ") + bug.what(), 0};
}

// A bug or a lack of memory while storing is one more reason to put the mails off, and must not
// leave them "being stored" for ever.
Results commit_in(mail::Intake& intake, std::vector<mail::Message> messages)
{
    const std::size_t count = messages.size();
    try {
        if (count > 1) return intake.commit_all(std::move(messages));
        return {intake.commit(std::move(messages.front()))};
    } catch (const std::exception& bug) {
        return Results(count, failed_for(bug));
    }
}

}  // namespace

/// A mail on its way through store_all, and what the log will say of it.
struct MailStore::Accepted {
    mail::Message message;  // empty once it was committed
    std::string from;
    std::size_t recipients = 0;
    std::size_t size = 0;
    std::string_view via;
    mail::BootTime start{};
    ResendGuard::Verdict verdict;
    Outcome outcome;
};

std::vector<MailStore::Outcome> MailStore::store_all(std::vector<Arrival> arrivals)
{
    std::vector<Accepted> all(arrivals.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        Accepted& one = all[i];
        IncomingMail& mail = arrivals[i].mail;
        one.message = {std::move(mail.envelope), std::move(mail.content).join()};
        one.message.sha256 = mail::sha256_hex(one.message.content);
        one.from = one.message.envelope.reverse_path;
        one.recipients = one.message.envelope.recipients.size();
        one.size = one.message.content.size();
        one.via = arrivals[i].via;
        one.start = clock_.boot();
        judge(one, digest_of(one.message), arrivals[i].connection);
    }
    commit(all);
    std::vector<Outcome> outcomes;
    for (Accepted& one : all) outcomes.push_back(std::move(one.outcome));
    return outcomes;
}

MailStore::Outcome MailStore::store(IncomingMail mail, std::uint64_t connection,
                                    std::string_view via)
{
    std::vector<Arrival> one;
    one.push_back({std::move(mail), connection, via});
    return std::move(store_all(std::move(one)).front());
}

void MailStore::judge(Accepted& accepted, const std::string& digest, std::uint64_t connection)
{
    {
        const std::lock_guard lock(mutex_);
        accepted.verdict = guard_.begin(digest, connection);
    }
    const ResendGuard::Verdict& verdict = accepted.verdict;
    switch (verdict.kind) {
        case ResendGuard::Verdict::Kind::store:
            return;
        case ResendGuard::Verdict::Kind::answer:
            counts_.resends.add();
            mail::log::info("resend", {{"id", verdict.id.hex()}, {"from", accepted.from}});
            accepted.outcome = {verdict.id, verdict.ticket};
            return;
        case ResendGuard::Verdict::Kind::busy:
            break;
    }
    mail::log::warning("not stored",
                       {{"from", accepted.from}, {"reason", "the same mail is being stored"}});
    accepted.outcome = {mail::Error{mail::ErrorKind::temporary, "store a resend", 0}, 0};
}

void MailStore::commit(std::vector<Accepted>& all)
{
    std::vector<Accepted*> stored;
    std::vector<mail::Message> messages;
    for (Accepted& one : all) {
        if (one.verdict.kind != ResendGuard::Verdict::Kind::store) continue;
        stored.push_back(&one);
        messages.push_back(std::move(one.message));
    }
    if (stored.empty()) return;
    Results results = commit_timed(std::move(messages));
    const mail::log::Together one_write;
    for (std::size_t i = 0; i < stored.size(); ++i) {
        stored[i]->outcome = {std::move(results.at(i)), 0};
        finish(*stored[i]);
    }
}

/// Each of them waited so long for the disk.
MailStore::Results MailStore::commit_timed(std::vector<mail::Message> messages)
{
    const std::size_t count = messages.size();
    const auto start = std::chrono::steady_clock::now();
    Results results = commit_in(intake_, std::move(messages));
    counts_.commit_latency.observe(std::chrono::steady_clock::now() - start, count);
    return results;
}

/// Remembers the mail, or forgets it, and says so.
void MailStore::finish(Accepted& accepted)
{
    Outcome& outcome = accepted.outcome;
    const ResendGuard::Ticket ticket = accepted.verdict.ticket;
    {
        const std::lock_guard lock(mutex_);
        if (outcome.result)
            guard_.stored(ticket, *outcome.result);
        else
            guard_.failed(ticket);
    }
    if (!outcome.result) {
        counts_.failures.add();
        mail::log::error("not stored", {{"from", accepted.from},
                                        {"size", accepted.size},
                                        {"reason", outcome.result.error().describe()}});
        return;
    }
    outcome.ticket = ticket;
    counts_.mails.add();
    counts_.bytes.add(accepted.size);
    tell_queued(accepted, outcome.result->hex());
}

void MailStore::tell_queued(const Accepted& accepted, const std::string& id) const
{
    const auto took = (clock_.boot() - accepted.start).count();
    if (accepted.via.empty())
        return mail::log::info("queued", {{"id", id},
                                          {"from", accepted.from},
                                          {"rcpts", accepted.recipients},
                                          {"size", accepted.size},
                                          {"duration_ms", took}});
    mail::log::info("queued", {{"id", id},
                               {"from", accepted.from},
                               {"rcpts", accepted.recipients},
                               {"size", accepted.size},
                               {"duration_ms", took},
                               {"via", accepted.via}});
}

void MailStore::confirm(ResendGuard::Ticket ticket)
{
    const std::lock_guard lock(mutex_);
    guard_.confirm(ticket);
}

}  // namespace postoffice
