#include "postman/oauth/redirect.h"

#include "postman/oauth/form.h"
#include "postman/oauth/secret.h"
#include "postman/oauth/token_answer.h"

namespace postman::oauth
{
namespace
{

/// The target of `GET target HTTP/1.x`; empty where the line is another.
std::string_view target_of(std::string_view line)
{
    if (!line.starts_with("GET ")) return {};
    line.remove_prefix(4);
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !line.substr(space + 1).starts_with("HTTP/1."))
        return {};
    return line.substr(0, space);
}

std::string page(const char* status, const char* words)
{
    const std::string body =
        std::string("<!doctype html><meta charset=utf-8><title>postman</title><p>") + words +
        "</p>\n";
    return std::string("HTTP/1.1 ") + status +
           "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " +
           std::to_string(body.size()) +
           "\r\nConnection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
           "\r\n" +
           body;
}

}  // namespace

Redirect judge_redirect(std::string_view head, std::string_view path, std::string_view state)
{
    if (head.find("\r\n\r\n") == std::string_view::npos) {
        Redirect redirect;
        if (head.size() < kMaxRedirectHead) redirect.kind = Redirect::Kind::incomplete;
        return redirect;
    }
    const std::string_view target = target_of(head.substr(0, head.find("\r\n")));
    const std::size_t query = target.find('?');
    if (query == std::string_view::npos || target.substr(0, query) != path) return {};
    const auto form = form_decode(target.substr(query + 1));
    if (!form || !is_same_secret(value_of(*form, "state"), state)) return {};
    const std::string code = value_of(*form, "code");
    const std::string error = value_of(*form, "error");
    if (code.empty() == error.empty()) return {};
    if (!error.empty()) return {Redirect::Kind::refused, "", printable_words(error)};
    if (!is_token(code)) return {};
    return {Redirect::Kind::code, code, ""};
}

std::string redirect_answer(const Redirect& redirect)
{
    switch (redirect.kind) {
        case Redirect::Kind::code:
            return page("200 OK",
                        "Thank you. This window can be closed; postman goes on in its "
                        "terminal.");
        case Redirect::Kind::refused:
            return page("200 OK", "The provider did not agree. postman says more in its terminal.");
        default:
            return page("404 Not Found", "Nothing is here.");
    }
}

}  // namespace postman::oauth
