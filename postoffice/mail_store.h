/// From a complete mail to a durable one: joins its pieces, looks whether it is a resend, commits
/// it, writes the log line. Knows nothing of SMTP's words.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "common/spool/spool.h"
#include "postoffice/conversation.h"
#include "postoffice/counts.h"
#include "postoffice/resend_guard.h"

namespace postoffice
{

class MailStore
{
public:
    struct Arrival {
        IncomingMail mail;
        std::uint64_t connection = 0;  // tells connections of this process apart (ResendGuard)
        std::string_view via = {};     // for the log, where it is not SMTP; lives for ever
    };
    struct Outcome {
        mail::Result<mail::SpoolId> result = mail::Error{mail::ErrorKind::temporary, "store", 0};
        ResendGuard::Ticket ticket =
            0;  // to be confirmed once the client has heard the 250; 0: nothing to
    };

    explicit MailStore(mail::Intake& intake, const mail::Clock& clock = mail::system_clock())
        : intake_(intake), clock_(clock), guard_(clock)
    {
    }

    /// Any thread. Outcomes in the order of the arrivals; those that are durable are so together.
    /// blocks  for two syncs
    std::vector<Outcome> store_all(std::vector<Arrival> arrivals);
    Outcome store(IncomingMail mail, std::uint64_t connection, std::string_view via = {});
    /// Any thread; quick.
    void confirm(ResendGuard::Ticket ticket);
    [[nodiscard]] const StoreCounts& counts() const { return counts_; }
    /// See Intake.
    std::size_t together_up_to() const { return intake_.together_up_to(); }

private:
    using Results = std::vector<mail::Result<mail::SpoolId>>;
    struct Accepted;
    void judge(Accepted& accepted, const std::string& digest, std::uint64_t connection);
    void commit(std::vector<Accepted>& all);
    Results commit_timed(std::vector<mail::Message> messages);
    void finish(Accepted& accepted);
    void tell_queued(const Accepted& accepted, const std::string& id) const;

    mail::Intake& intake_;
    const mail::Clock& clock_;
    std::mutex mutex_;  // of guard_
    ResendGuard guard_;
    StoreCounts counts_;
};

}  // namespace postoffice
