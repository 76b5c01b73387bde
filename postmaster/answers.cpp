#include "postmaster/answers.h"

#include <arpa/inet.h>

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::http::Answer;
using mail::http::find_field;
using mail::http::problem;
using mail::http::Request;

bool is_address(const std::string& text)
{
    unsigned char bytes[16];
    return ::inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

}  // namespace

Answer nothing_there()
{
    return problem(404, "There is nothing here of this name.");
}

Answer no_content()
{
    return Answer{204, {}, "", "", nullptr};
}

Answer busy(std::string_view detail)
{
    Answer answer = problem(503, detail);
    answer.fields.emplace_back("Retry-After", "2");
    return answer;
}

Answer json_answer(std::string body, Slots::Slot held)
{
    return Answer{200, {}, "application/json", std::move(body), std::move(held)};
}

Answer answer_for(const Error& error)
{
    switch (error.kind) {
        case ErrorKind::malformed:
            return problem(400, "The request is malformed.");
        case ErrorKind::missing:
            return problem(404, "No such lease: it has ended.");
        case ErrorKind::conflict:
            return problem(409, "Somebody else has it.");
        case ErrorKind::refused:
            return problem(422, "This is not accepted.");
        case ErrorKind::corrupt:
            return problem(500, "This failed here. Try again later.");
        case ErrorKind::temporary:
            break;
    }
    return busy("The spool cannot be used at the moment.");
}

std::string client_address(const Request& request)
{
    const bool may_be_nginx =
        request.peer == "unix" || request.peer == "::1" || request.peer.starts_with("127.");
    const std::string_view forwarded = find_field(request.fields, "X-Forwarded-For");
    if (!may_be_nginx || forwarded.empty()) return request.peer;
    const auto comma = forwarded.rfind(',');
    std::string last(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
    last.erase(0, last.find_first_not_of(' '));
    return is_address(last) ? last : request.peer;
}

}  // namespace postmaster
