/// The operators' commands on the spool, in one table. The postmaster that runs serves them behind
/// its control socket; where none runs, `postmaster queue` takes the spool's lock and runs the same
/// table itself. Knows no HTTP and no terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/inspection.h"
#include "common/spool/spool.h"
#include "postmaster/control_message.h"

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

    /// Any thread may call. What changes the spool is durable when it returns, and logged.
    /// returns  the exit code 0, or of what could not be done: 1 refused, 64 no command or no id,
    ///          66 no such mail, 75 try again
    [[nodiscard]] CommandAnswer run(const CommandCall& call);

private:
    struct Row;
    static const Row kRows[];

    CommandAnswer held(const CommandCall& call);
    CommandAnswer show(const CommandCall& call);
    CommandAnswer release(const CommandCall& call);
    CommandAnswer drop(const CommandCall& call);

    /// Runs `work` on each mail that is meant, and collects what it says.
    template <class Work>
    CommandAnswer for_each_id(const CommandCall& call, const Work& work);

    mail::HandOut& hand_out_;
    const mail::privacy::InspectionRules& rules_;
};

}  // namespace postmaster
