#include "common/http/library_exchange.h"

#include <poll.h>

#include "common/http/answer_stream.h"
#include "common/log.h"

namespace mail::http
{
namespace
{

bool is_there(int socket)
{
    pollfd peer = {socket, POLLRDHUP, 0};
    return ::poll(&peer, 1, 0) == 0;
}

bool is_passed(std::string_view name, const std::vector<std::string>& passed)
{
    for (const std::string& one : passed)
        if (same_field_name(one, name)) return true;
    return false;
}

Request request_of(Connection& connection, const std::vector<std::string>& passed,
                   const std::stop_token& stopping)
{
    Request request;
    Head& head = connection.head();
    request.method = head.method;
    request.path = head.path();
    request.query = head.query();
    for (Field& field : head.fields)
        if (is_passed(field.first, passed)) request.fields.push_back(std::move(field));
    request.body = std::move(connection.body());
    request.peer = connection.peer();
    request.client_is_there = [socket = connection.descriptor()] { return is_there(socket); };
    request.stopping = stopping;
    return request;
}

Answer call(const Handler& handler, Request request)
{
    try {
        return handler(std::move(request));
    } catch (const std::exception& exception) {
        log::limited(log::Level::error, "request failed", {{"reason", exception.what()}});
    } catch (...) {
        log::limited(log::Level::error, "request failed", {});
    }
    return problem(500, "This failed here. Try again later.");
}

/// What the library gets to read: nothing that a client could shape but method and target.
std::string replayed_head(const Head& head)
{
    return head.method + " " + head.target + " HTTP/1.1\r\nHost: mail\r\nConnection: close\r\n\r\n";
}

class Exchange : public httplib::Server
{
public:
    Exchange(Answer& answer, int socket) : answer_(answer)
    {
        svr_sock_ = socket;  // the library takes -1 for "shutting down" and stops writing
        set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
            fill(response);
            return HandlerResponse::Handled;
        });
    }

    /// The signature of process_request grew four parameters in 0.20.
    template <class Library = httplib::Server>
    bool process(AnswerStream& stream)
    {
        bool closed = false;
        const std::function<void(httplib::Request&)> no_setup;
        if constexpr (requires { this->Library::process_request(stream, true, closed, no_setup); })
            return this->Library::process_request(stream, true, closed, no_setup);
        else
            return this->Library::process_request(stream, std::string(), 0, std::string(), 0, true,
                                                  closed, no_setup);
    }

private:
    void fill(httplib::Response& response)
    {
        response.status = answer_.status;
        for (const auto& [name, value] : answer_.fields) response.set_header(name, value);
        response.set_header("Cache-Control", "no-store");
        if (answer_.body.empty()) return;
        response.set_header("Content-Type", answer_.type);
        response.body = std::move(answer_.body);
    }

    Answer& answer_;
};

}  // namespace

void answer_request(Connection& connection, const Handler& handler,
                    const std::vector<std::string>& passed_fields,
                    std::chrono::seconds write_deadline, const std::stop_token& stopping)
{
    std::string head = replayed_head(connection.head());
    Answer answer = call(handler, request_of(connection, passed_fields, stopping));
    AnswerStream stream(std::move(head), connection.descriptor(),
                        std::chrono::steady_clock::now() + write_deadline, stopping);
    Exchange exchange(answer, connection.descriptor());
    if (!exchange.process(stream) || !stream.flush())
        log::debug("answer not taken", {{"status", answer.status}});
}

}  // namespace mail::http
