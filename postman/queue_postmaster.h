/// A postmaster for nullmailer's queue: lends what lies there, and a file goes when each of its
/// recipients is done. So `postman pickup` is the courier's own round, with its ledger, its retries
/// and its poison rule.
///
/// A file stays as it is while somebody of it waits. What is known of each recipient meanwhile is
/// in the ledger (done) and in a note (refused, rests). Files are offered once in a run.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/nullmailer/queue_directory.h"
#include "postman/ledger.h"
#include "postman/postmaster.h"
#include "postman/queue_notes.h"

namespace postman
{

class QueuePostmaster final : public Postmaster
{
public:
    /// All must outlive it. Nobody else works on the queue meanwhile.
    QueuePostmaster(mail::nullmailer::QueueDirectory& queue, QueueNotes& notes, Ledger& ledger,
                    const mail::Clock& clock)
        : queue_(queue), notes_(notes), ledger_(ledger), clock_(clock)
    {
    }

    std::string name() const override { return "queue:" + queue_.path(); }
    mail::Result<Batch> lease(std::size_t most, std::chrono::seconds wait,
                              std::stop_token stop) override;
    mail::Result<mail::Settlement> report(const std::string& lease,
                                          const std::vector<mail::Outcome>& outcomes) override;
    mail::Result<std::chrono::seconds> renew(const std::string& lease) override;
    mail::Result<mail::Done> release(const std::string& lease) override;

    /// Mails that were seen and left, since they rest or are still being written.
    [[nodiscard]] std::size_t resting() const { return resting_; }
    /// Files that are no mails or could not be dealt with; the log has each.
    [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

private:
    struct Lent {
        std::string name;
        std::vector<std::string> recipients;  // of the file, each once
        QueueNote note;
        std::set<std::string> open;  // neither done nor refused
    };

    mail::Result<mail::Done> look_for_names();
    std::optional<HandedMail> lend(const std::string& name);
    void cannot_read(const std::string& name, const mail::Error& error);
    std::vector<std::string> due(const mail::SpoolId& id, const Lent& lent) const;
    mail::Result<bool> take_outcome(const mail::Outcome& outcome);
    mail::Result<mail::Done> finish(const mail::SpoolId& id, const Lent& lent);
    std::int64_t now() const;

    mail::nullmailer::QueueDirectory& queue_;
    QueueNotes& notes_;
    Ledger& ledger_;
    const mail::Clock& clock_;
    std::vector<std::string> names_;  // still to be offered, the last one first
    std::set<std::string> offered_;
    std::map<mail::SpoolId, Lent> lent_;
    std::size_t resting_ = 0;
    std::size_t unreadable_ = 0;
};

}  // namespace postman
