#include "postmaster/command_runner.h"

#include <chrono>
#include <thread>

#include "common/spool/directory_hand_out.h"
#include "common/spool/message_id_key.h"
#include "postmaster/control_socket.h"
#include "postmaster/privacy_rules.h"

namespace postmaster
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::chrono::seconds kWaitForTheOther{3};
constexpr std::chrono::milliseconds kLookAgain{50};

}  // namespace

Result<Done> CommandRunner::open_here()
{
    auto hand_out = mail::DirectoryHandOut::open({settings_.spool, settings_.unsafe_spool});
    if (!hand_out) return std::move(hand_out).error();
    auto key = mail::message_id_key(mail::SpoolLayout(settings_.spool), mail::system_files());
    if (!key) return std::move(key).error();
    const auto rules = privacy_rules(settings_, std::move(*key));
    if (!rules) return rules.error();
    rules_ = rules->inspection;
    hand_out_ = std::move(*hand_out);
    here_ = std::make_unique<QueueCommands>(*hand_out_, rules_);
    return Done{};
}

/// A lock that is held while nobody answers is a postmaster that starts or stops, or another
/// command: worth a moment.
Result<CommandAnswer> CommandRunner::run(const CommandCall& call)
{
    const mail::SpoolLayout layout(settings_.spool);
    const auto until = std::chrono::steady_clock::now() + kWaitForTheOther;
    while (here_ == nullptr) {
        auto answer = call_running_postmaster(layout, call);
        if (!answer) return std::move(answer).error();
        if (*answer) return std::move(**answer);
        const auto opened = open_here();
        if (opened) break;
        if (opened.error().kind != ErrorKind::conflict) return opened.error();
        if (std::chrono::steady_clock::now() >= until)
            return Error{ErrorKind::conflict, "a postmaster starts or stops on this spool (" +
                                                  opened.error().step + "); try again"};
        std::this_thread::sleep_for(kLookAgain);
    }
    return here_->run(call);
}

}  // namespace postmaster
