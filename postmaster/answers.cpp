#include "postmaster/answers.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::http::Answer;
using mail::http::problem;

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

}  // namespace postmaster
