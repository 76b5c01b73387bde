#include "postoffice/http/form_route.h"

#include <algorithm>

#include "common/base64.h"
#include "common/spool/record.h"
#include "common/submission.h"
#include "postoffice/http/signature.h"

namespace postoffice::http
{
namespace
{

using mail::http::Answer;
using Kind = RouteOutcome::Kind;
using Fault = PostedFault::Kind;

constexpr const char* kText = "text/plain; charset=utf-8";

RouteOutcome refused(std::string text, int status = 400, Kind kind = Kind::refused)
{
    return {kind, Answer{status, {}, kText, text, nullptr}, text};
}

RouteOutcome not_signed(std::string text, int status = 400)
{
    return refused(std::move(text), status, Kind::not_signed);
}

RouteOutcome put_off(const PutOff& why)
{
    RouteOutcome outcome = refused(std::string(why.detail), 503, Kind::put_off);
    outcome.answer.fields.emplace_back("Retry-After", std::to_string(why.retry_after_seconds));
    return outcome;
}

/// An address between apostrophes, as the original wrote it.
RouteOutcome unauthorized(std::string_view what, const std::string& sender)
{
    const std::string shown = mail::is_utf8(sender) ? sender : "?";
    return refused("Unauthorized " + std::string(what) + " sender '" + shown + "'");
}

RouteOutcome refused_for(const PostedFault& fault)
{
    switch (fault.kind) {
        case Fault::empty:
            return refused("No message found");
        case Fault::no_sender:
            return refused("No sender specified");
        case Fault::no_recipients:
            return refused("No destination addresses specified");
        case Fault::too_many_recipients:
            return refused("Over 1,000 destination addresses specified");
        case Fault::malformed_address:
            return refused("Malformed address '" +
                           (mail::is_utf8(fault.address) ? fault.address : std::string("?")) + "'");
        case Fault::header_too_large:
            return refused("The message's header is too large");
        case Fault::in_circles:
            return refused("The message has over 50 Received fields");
        case Fault::sender_not_allowed:
            break;
    }
    return unauthorized("message", fault.address);
}

/// The old client's base64 ends in a line end.
std::string_view stripped(std::string_view text)
{
    constexpr std::string_view kWhite = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kWhite);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

}  // namespace

RouteOutcome FormRoute::post(mail::http::Request request)
{
    if (!is_on_)
        return not_signed(
            "The HMAC-SHA1 form is off here: the operator can allow it with "
            "--http-legacy-hmac-sha1. Better post to /v1/messages.",
            403);
    auto form = parse_form(request.body, mail::http::find_field(request.fields, "Content-Type"));
    if (!form) return not_signed(form.error().step);
    std::string().swap(request.body);  // up to three times the message
    if (form->msg.empty()) return not_signed("No message found");
    if (form->signature.empty()) return not_signed("No signature found");
    if (form->msg.size() > parts_.max_message_size) return not_signed("Message too large", 413);
    if (!is_signed(*form)) return not_signed("Signature doesn't match");
    if (const auto closed = parts_.door.why_closed()) return put_off(*closed);
    return take(std::move(*form));
}

bool FormRoute::is_signed(const MailForm& form) const
{
    const auto mac = mail::base64_decode(stripped(form.signature));
    return mac && is_signed_by_one(*parts_.keys.now(), hmac_sha1, form.msg, *mac);
}

/// The sender is the mbox line's, else From's; the mbox line is no part of the message.
RouteOutcome FormRoute::take(MailForm form)
{
    WantedEnvelope wanted;
    wanted.sender = mbox_sender(form.msg);
    remove_mbox_line(form.msg);
    if (wanted.sender->empty()) wanted.sender = from_address(form.msg);
    if (wanted.sender->empty()) return refused("No sender specified");
    if (!parts_.senders.allows(*wanted.sender) && !form.fix_sender.empty()) {
        wanted.sender = parts_.senders.default_sender();
        if (wanted.sender->empty()) return unauthorized("default message", "");
    }
    auto mail = posted_mail(std::move(form.msg), std::move(wanted), parts_.senders);
    if (const auto* fault = std::get_if<PostedFault>(&mail)) return refused_for(*fault);
    return commit(std::get<mail::Message>(std::move(mail)));
}

RouteOutcome FormRoute::commit(mail::Message message)
{
    if (message.content.size() > parts_.max_message_size)  // line ends have grown
        return refused("Message too large", 413);
    if (!has_body(message.content)) return refused("No message body specified");
    if (const auto closed = parts_.door.why_no_mail()) return put_off(*closed);
    const auto id = parts_.door.take(std::move(message));
    if (!id) return put_off({"The mail could not be stored. Try again soon.", 5});
    return {Kind::taken, Answer{204, {}, "", "", nullptr}, id->hex()};
}

}  // namespace postoffice::http
