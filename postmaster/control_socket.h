/// The control socket: state/control.socket in the spool, for its owner alone (0600). The
/// postmaster that runs answers the operators' commands there: HTTP on a unix socket, JSON inside.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/http/descriptor.h"
#include "common/http/listener.h"
#include "common/result.h"
#include "common/spool/spool_layout.h"
#include "postmaster/control_message.h"

namespace postmaster
{

/// Answers a call; called from two threads at most.
using CommandHandler = std::function<CommandAnswer(const CommandCall&)>;

class ControlServer
{
public:
    /// Serves at once, until it goes. Only who has the spool's lock may call it: a socket that is
    /// there is stale then, and replaced.
    /// errors  temporary, refused, conflict: as open_listening_socket. Mail goes on without it.
    [[nodiscard]] static mail::Result<std::unique_ptr<ControlServer>> open(
        const mail::SpoolLayout& layout, CommandHandler handler);

private:
    ControlServer(mail::http::Descriptor directory, mail::http::ListeningSocket socket,
                  CommandHandler handler);

    mail::http::Descriptor directory_;  // the socket's path goes through it
    std::unique_ptr<mail::http::Listener> listener_;
};

/// What a postmaster that runs on this spool answers; nothing where none answers.
/// errors  malformed: it is no answer of ours; temporary: it began, and did not end;
///         refused: the socket or the directory is another user's
/// blocks  for the answer, two minutes at most
[[nodiscard]] mail::Result<std::optional<CommandAnswer>> call_running_postmaster(
    const mail::SpoolLayout& layout, const CommandCall& call);

/// The HTTP side of it: one resource. No sockets.
[[nodiscard]] mail::http::Answer answer_control_request(const mail::http::Request& request,
                                                        const CommandHandler& handler);

}  // namespace postmaster
