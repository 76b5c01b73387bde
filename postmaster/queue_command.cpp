#include "postmaster/queue_command.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

#include "common/spool/directory_hand_out.h"
#include "common/spool/message_id_key.h"
#include "postmaster/control_socket.h"
#include "postmaster/privacy_rules.h"
#include "postmaster/queue_commands.h"
#include "postmaster/queue_text.h"
#include "postmaster/spool_owner.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr int kExitNoPermission = 77;  // EX_NOPERM
constexpr std::chrono::seconds kWaitForTheOther{3};
constexpr std::chrono::milliseconds kLookAgain{50};

int exit_code_for(const Error& error)
{
    const bool not_ours = error.sys_errno == EACCES || error.sys_errno == EPERM;
    if (not_ours) return kExitNoPermission;
    return error.kind == ErrorKind::temporary || error.kind == ErrorKind::conflict
               ? mail::kExitTemporary
               : mail::kExitConfiguration;
}

/// Under the spool's lock, by the same table that a running postmaster has.
Result<CommandAnswer> run_here(const CommandCall& call, const Settings& settings)
{
    auto hand_out = mail::DirectoryHandOut::open({settings.spool, settings.unsafe_spool});
    if (!hand_out) return std::move(hand_out).error();
    auto key = mail::message_id_key(mail::SpoolLayout(settings.spool), mail::system_files());
    if (!key) return std::move(key).error();
    const auto rules = privacy_rules(settings, std::move(*key));
    if (!rules) return rules.error();
    return QueueCommands(**hand_out, rules->inspection).run(call);
}

/// A lock that is held while nobody answers is a postmaster that starts or stops, or another
/// command: worth a moment.
Result<CommandAnswer> run_somewhere(const CommandCall& call, const Settings& settings)
{
    const mail::SpoolLayout layout(settings.spool);
    const auto until = std::chrono::steady_clock::now() + kWaitForTheOther;
    for (;;) {
        auto answer = call_running_postmaster(layout, call);
        if (!answer) return std::move(answer).error();
        if (*answer) return std::move(**answer);
        auto done = run_here(call, settings);
        if (done || done.error().kind != ErrorKind::conflict) return done;
        if (std::chrono::steady_clock::now() >= until)
            return Error{ErrorKind::conflict, "a postmaster starts or stops on this spool (" +
                                                  done.error().step + "); try again"};
        std::this_thread::sleep_for(kLookAgain);
    }
}

int complain(const Error& error)
{
    const int exit_code = exit_code_for(error);
    std::cerr << "postmaster: " << shown(error.describe()) << "\n";
    if (exit_code == kExitNoPermission)
        std::cerr << "postmaster: run it as root, or as the spool's owner\n";
    return exit_code;
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
    const auto answer =
        run_somewhere({command.queue_command, command.ids, command.as_is}, settings);
    if (!answer) return complain(answer.error());
    if (command.json)
        for (const std::string& line : answer->lines) std::cout << line << "\n";
    else
        std::cout << queue_text(command.queue_command, *answer, {wants_colour(STDOUT_FILENO)});
    std::cout.flush();
    for (const std::string& sentence : answer->complaints)
        std::cerr << "postmaster: " << shown(sentence) << "\n";
    return std::cout ? answer->exit_code : mail::kExitTemporary;
}

}  // namespace postmaster
