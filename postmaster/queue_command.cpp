#include "postmaster/queue_command.h"

#include <unistd.h>

#include <csignal>
#include <iostream>

#include "postmaster/command_runner.h"
#include "postmaster/queue_output.h"
#include "postmaster/spool_owner.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr int kExitNoPermission = 77;  // EX_NOPERM

int exit_code_for(const Error& error)
{
    const bool not_ours = error.sys_errno == EACCES || error.sys_errno == EPERM;
    if (not_ours) return kExitNoPermission;
    return error.kind == ErrorKind::temporary || error.kind == ErrorKind::conflict
               ? mail::kExitTemporary
               : mail::kExitConfiguration;
}

int complain(const Error& error)
{
    const int exit_code = exit_code_for(error);
    std::cerr << "postmaster: " << shown(error.describe()) << "\n";
    if (exit_code == kExitNoPermission)
        std::cerr << "postmaster: run it as root, or as the spool's owner\n";
    return exit_code;
}

CommandCall call_of(const CommandLine& command)
{
    CommandCall call{command.queue_command, command.ids, command.as_is};
    call.states = command.states;
    call.form = command.content_form();
    // What another program takes for the queue is what is still to go.
    if (call.states.empty() && (command.mailq || command.age))
        call.states = {"waiting", "leased", "deferred"};
    return call;
}

/// Answer by answer, to the end of what was asked for.
Result<int> put_out_all(CommandRunner& runner, CommandCall call, QueueOutput& output)
{
    int exit_code = 0;
    for (;;) {
        const auto answer = runner.run(call);
        if (!answer) return answer.error();
        output.take(*answer);
        std::cout.flush();
        if (output.wants_complaints(*answer))
            for (const std::string& sentence : answer->complaints)
                std::cerr << "postmaster: " << shown(sentence) << "\n";
        exit_code = std::max(exit_code, answer->exit_code);
        const bool goes_on = !answer->cursor.empty() && answer->cursor != call.cursor;
        if (!goes_on || !std::cout) return exit_code;
        call.cursor = answer->cursor;
    }
}

}  // namespace

int run_queue(const CommandLine& command, const Settings& settings)
{
    if (command.ids.size() > kMostIds) {
        std::cerr << "postmaster: at most " << kMostIds << " ids at once\n";
        return mail::kExitUsage;
    }
    std::signal(SIGXFSZ, SIG_IGN);  // an error of a write
    if (auto ok = become_owner_of(settings.spool); !ok) return complain(ok.error());
    const auto now =
        std::chrono::floor<std::chrono::seconds>(mail::system_clock().wall().time_since_epoch());
    const OutputPlace place{
        std::cout, ::isatty(STDOUT_FILENO) == 1, {wants_colour(STDOUT_FILENO)}, now.count()};
    const auto output = make_queue_output(command, place);
    CommandRunner runner(settings);
    const auto exit_code = put_out_all(runner, call_of(command), *output);
    if (!exit_code) return complain(exit_code.error());
    if (*exit_code == 0) output->end();
    std::cout.flush();
    return std::cout ? *exit_code : mail::kExitTemporary;
}

}  // namespace postmaster
