/// The operators' commands on the spool, in one table. The postmaster that runs serves them behind
/// its control socket; where none runs, `postmaster queue` takes the spool's lock and runs the same
/// table itself. Knows no HTTP and no terminal.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/inspection.h"
#include "common/spool/spool.h"
#include "postmaster/control_message.h"
#include "postmaster/verdict.h"

namespace postmaster
{

class QueueCommands
{
public:
    /// Both must outlive it.
    QueueCommands(mail::HandOut& hand_out, const mail::privacy::InspectionRules& rules)
        : hand_out_(hand_out), rules_(rules)
    {
    }

    /// Any thread may call. What changes the spool is durable when it returns, and logged. An
    /// answer is bounded: where there is more, its cursor goes into the next call.
    /// returns  the exit code 0, or of what could not be done: 1 refused, 64 no command or no id,
    ///          66 no such mail, 75 try again
    [[nodiscard]] CommandAnswer run(const CommandCall& call);

private:
    struct Row;
    static const Row kRows[];
    using Work = std::function<mail::Result<Json>(const mail::QueuedMail&)>;

    // Seeing: queue_listing.cpp, queue_show.cpp
    CommandAnswer list(const CommandCall& call);
    CommandAnswer held(const CommandCall& call);
    CommandAnswer stats(const CommandCall& call);
    CommandAnswer show(const CommandCall& call);
    CommandAnswer show_content(const CommandCall& call);
    mail::Result<std::string> content_of(const mail::QueuedMail& mail, const CommandCall& call,
                                         CommandAnswer& answer);

    // Steering: queue_steering.cpp
    CommandAnswer release(const CommandCall& call);
    CommandAnswer retry(const CommandCall& call);
    CommandAnswer retry_all(const CommandCall& call);
    CommandAnswer hold(const CommandCall& call);
    CommandAnswer resume(const CommandCall& call);
    CommandAnswer bury(const CommandCall& call);
    CommandAnswer drop(const CommandCall& call);
    mail::Result<mail::Done> retry_one(const mail::QueuedMail& mail);
    mail::Result<mail::Done> bury_one(const mail::QueuedMail& mail);
    mail::Result<mail::Done> drop_one(const mail::QueuedMail& mail);

    /// Runs `work` on each mail that is meant, and collects what it says.
    CommandAnswer for_each_id(const CommandCall& call, const Work& work);
    mail::Result<mail::Done> look_up(const CommandCall& call, std::vector<mail::QueuedMail>& mails,
                                     CommandAnswer& answer);
    /// Goes through the queue from the call's cursor on, mail by mail of the call's states, until
    /// `takes` has no more room, the end, or for long enough; the answer's cursor says which.
    void walk(const CommandCall& call, CommandAnswer& answer,
              const std::function<bool(const mail::QueuedMail&)>& takes);

    mail::HandOut& hand_out_;
    const mail::privacy::InspectionRules& rules_;
};

/// The exit code for it, and a sentence for the operator.
void complain(CommandAnswer& answer, const mail::Error& error);

/// A mail on one of the shelves.
/// errors  refused: it waits, or is with a courier; temporary: its shelf has no room for it yet
[[nodiscard]] mail::Result<mail::KeptMail> kept_of(const mail::QueuedMail& mail);

}  // namespace postmaster
