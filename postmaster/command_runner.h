/// Runs an operator's calls one after another on one spool: in the postmaster that runs there, or
/// where none runs, here, under the spool's lock, by the same table.
#pragma once

#include <memory>

#include "common/privacy/inspection.h"
#include "common/result.h"
#include "common/spool/spool.h"
#include "postmaster/control_message.h"
#include "postmaster/queue_commands.h"
#include "postmaster/settings.h"

namespace postmaster
{

class CommandRunner
{
public:
    /// settings  must outlive it
    explicit CommandRunner(const Settings& settings) : settings_(settings) {}

    /// Once it ran a call here it keeps the lock for the calls that follow.
    /// errors  conflict: a postmaster starts or stops; others: the spool or the settings are
    /// unusable blocks  for the answer, or for disk
    [[nodiscard]] mail::Result<CommandAnswer> run(const CommandCall& call);

private:
    mail::Result<mail::Done> open_here();

    const Settings& settings_;
    std::unique_ptr<mail::HandOut> hand_out_;
    mail::privacy::InspectionRules rules_;
    std::unique_ptr<QueueCommands> here_;
};

}  // namespace postmaster
