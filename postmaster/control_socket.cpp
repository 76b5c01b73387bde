#include "postmaster/control_socket.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/un.h>

#include <cerrno>

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "compile with pkg-config's flags for cpp-httplib: header and library must agree"
#endif

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::http::Answer;
using mail::http::Descriptor;
using mail::http::Request;

constexpr const char* kResource = "/v1/command";
constexpr int kAnswerSeconds = 120;
constexpr std::size_t kLongestSocketPath = sizeof(sockaddr_un::sun_path) - 1;

/// The socket's path, or where that is too long for one (107 octets), a way to it through the
/// directory's descriptor.
std::string path_through(const Descriptor& directory, const mail::SpoolLayout& layout)
{
    std::string path = layout.control_socket();
    if (path.size() <= kLongestSocketPath && path.starts_with('/')) return path;
    return "/proc/self/fd/" + std::to_string(directory.get()) + path.substr(path.find_last_of('/'));
}

Descriptor open_directory(const mail::SpoolLayout& layout)
{
    return Descriptor(::open(layout.state_dir().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

mail::http::ListenerLimits limits()
{
    mail::http::ListenerLimits limits;
    limits.connections = 16;
    limits.workers = 2;
    return limits;
}

}  // namespace

Answer answer_control_request(const Request& request, const CommandHandler& handler)
{
    if (request.path != kResource) return mail::http::problem(404, "There is only /v1/command.");
    if (request.method != "POST") {
        Answer answer = mail::http::problem(405, "A command is sent with POST.");
        answer.fields.emplace_back("Allow", "POST");
        return answer;
    }
    const auto call = parse_call(request.body);
    if (!call) return mail::http::problem(400, call.error().step);
    Answer answer;
    answer.body = encode_answer(handler(*call));
    return answer;
}

ControlServer::ControlServer(Descriptor directory, mail::http::ListeningSocket socket,
                             CommandHandler handler)
    : directory_(std::move(directory))
{
    std::vector<mail::http::ListeningSocket> sockets;
    sockets.push_back(std::move(socket));
    listener_ = std::make_unique<mail::http::Listener>(
        std::move(sockets), limits(), [handler = std::move(handler)](const Request& request) {
            return answer_control_request(request, handler);
        });
}

Result<std::unique_ptr<ControlServer>> ControlServer::open(const mail::SpoolLayout& layout,
                                                           CommandHandler handler)
{
    Descriptor directory = open_directory(layout);
    if (directory.get() < 0)
        return Error{ErrorKind::temporary, "open " + layout.state_dir(), errno};
    auto socket =
        mail::http::open_listening_socket("unix:" + path_through(directory, layout), 0600);
    if (!socket) return std::move(socket).error();
    return std::unique_ptr<ControlServer>(
        new ControlServer(std::move(directory), std::move(*socket), std::move(handler)));
}

Result<std::optional<CommandAnswer>> call_running_postmaster(const mail::SpoolLayout& layout,
                                                             const CommandCall& call)
{
    const Descriptor directory = open_directory(layout);
    if (directory.get() < 0) {
        if (errno == ENOENT) return std::optional<CommandAnswer>();
        return Error{ErrorKind::refused, "open " + layout.state_dir(), errno};
    }
    httplib::ClientImpl client(path_through(directory, layout), 80);
    client.set_address_family(AF_UNIX);
    client.set_read_timeout(kAnswerSeconds);
    const auto got =
        client.Post(kResource, {{"Host", "control"}}, encode_call(call), "application/json");
    if (!got && got.error() == httplib::Error::Connection) return std::optional<CommandAnswer>();
    if (!got)
        return Error{ErrorKind::temporary,
                     "the running postmaster's answer: " + httplib::to_string(got.error())};
    if (got->status == 503 || got->status == 408)
        return Error{ErrorKind::temporary, "the running postmaster is busy; try again"};
    if (got->status != 200)
        return Error{ErrorKind::malformed,
                     "the running postmaster does not know this command; is "
                     "it of another version?"};
    auto answer = parse_answer(got->body);
    if (!answer) return std::move(answer).error();
    return std::optional(std::move(*answer));
}

}  // namespace postmaster
