#include "postoffice/http/messages_route.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "common/log.h"
#include "common/spool/record.h"
#include "postoffice/http/posted_mail.h"
#include "postoffice/resend_guard.h"

namespace postoffice::http
{
namespace
{

using mail::http::Answer;
using mail::http::find_field;
using mail::http::problem;
using mail::http::Request;
using Kind = RouteOutcome::Kind;
using Fault = PostedFault::Kind;

constexpr std::size_t kMaxIdempotencyKeyBytes = 255;

RouteOutcome refusal(Kind kind, int status, std::string detail)
{
    return {kind, problem(status, detail), std::move(detail)};
}

RouteOutcome refused(int status, std::string detail)
{
    return refusal(Kind::refused, status, std::move(detail));
}

RouteOutcome put_off(const PutOff& why)
{
    RouteOutcome outcome = refusal(Kind::put_off, 503, std::string(why.detail));
    outcome.answer.fields.emplace_back("Retry-After", std::to_string(why.retry_after_seconds));
    return outcome;
}

/// RFC 9110 15.5.2 wants the challenge.
RouteOutcome not_signed(std::string detail)
{
    RouteOutcome outcome = refusal(Kind::not_signed, 401, std::move(detail));
    outcome.answer.fields.emplace_back("WWW-Authenticate", "PostOffice-HMAC-SHA256");
    return outcome;
}

/// "Fri, 20 Nov 2026 08:27:27 GMT" (RFC 9110 5.6.7)
std::string http_date(mail::WallTime time)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

std::int64_t seconds_of(mail::WallTime time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string quoted(const std::string& address)
{
    return std::string("'").append(address).append("'");
}

RouteOutcome refused_for(const PostedFault& fault)
{
    switch (fault.kind) {
        case Fault::empty:
            return refused(400, "There is no message in the body.");
        case Fault::no_sender:
            return refused(400, "No sender: give Mail-From, or a From in the header.");
        case Fault::no_recipients:
            return refused(400, "No recipients: give Rcpt-To, or To, Cc or Bcc in the header.");
        case Fault::too_many_recipients:
            return refused(400, "A mail has at most 1,000 recipients.");
        case Fault::malformed_address:
            if (!mail::is_utf8(fault.address))
                return refused(400, "An address of the header is not UTF-8.");
            return refused(400, quoted(fault.address) + " is no address.");
        case Fault::header_too_large:
            return refused(400, "The header is too large to look for addresses in it.");
        case Fault::in_circles:
            return refused(400, "This mail goes in circles: it has over 50 Received.");
        case Fault::sender_not_allowed:
            break;
    }
    return refused(403, quoted(fault.address) + " is not allowed as the sender.");
}

bool is_sound_idempotency_key(std::string_view key)
{
    return key.size() <= kMaxIdempotencyKeyBytes &&
           std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

/// The request's own, each at most once.
struct MessagesRoute::Fields {
    std::string_view mail_from;
    std::string_view rcpt_to;
    std::string_view signature;
    std::string_view idempotency_key;

    /// False: one of them is there twice.
    bool read(const Request& request)
    {
        struct Place {
            std::string_view name;
            std::string_view* value;
        };
        for (const Place& place : {Place{"Mail-From", &mail_from}, Place{"Rcpt-To", &rcpt_to},
                                   Place{"PostOffice-Signature", &signature},
                                   Place{"Idempotency-Key", &idempotency_key}}) {
            const auto count =
                std::count_if(request.fields.begin(), request.fields.end(), [&](const auto& one) {
                    return mail::http::same_field_name(one.first, place.name);
                });
            if (count > 1) return false;
            *place.value = find_field(request.fields, place.name);
        }
        return true;
    }
};

RouteOutcome MessagesRoute::post(Request request)
{
    if (request.body.size() > parts_.max_message_size)
        return refusal(Kind::not_signed, 413, "The message is too large.");
    Fields fields;
    if (!fields.read(request))
        return refusal(Kind::not_signed, 400,
                       "A field is there twice that goes into the signature.");
    const auto signature = parse_signature_field(fields.signature);
    if (auto why = why_not_signed(request, fields, signature)) return std::move(*why);
    if (const auto closed = parts_.door.why_closed()) return put_off(*closed);

    const bool has_fields = !fields.mail_from.empty() || !fields.rcpt_to.empty();
    if (has_fields && !request.query.empty())
        return refused(400, "Give the envelope in fields or in the query, not in both.");
    auto wanted = has_fields ? envelope_of_fields(fields.mail_from, fields.rcpt_to)
                             : envelope_of_query(request.query);
    if (!wanted) return refused(400, wanted.error().step);
    if (!is_sound_idempotency_key(fields.idempotency_key))
        return refused(400, "An Idempotency-Key is 1 to 255 visible ASCII characters.");
    IntakeBook::Request noted{signature->nonce, std::string(fields.idempotency_key)};
    auto mail = posted_mail(std::move(request.body), std::move(*wanted), parts_.senders);
    if (const auto* fault = std::get_if<PostedFault>(&mail)) return refused_for(*fault);
    auto& message = std::get<mail::Message>(mail);
    if (message.content.size() > parts_.max_message_size)  // line ends have grown
        return refused(413, "The message is too large with CR LF line ends.");
    return take(std::move(message), std::move(noted));
}

/// The clock first: a request that was kept for long costs no digest of its body.
std::optional<RouteOutcome> MessagesRoute::why_not_signed(
    const Request& request, const Fields& fields,
    const std::optional<SignatureField>& signature) const
{
    if (!signature)
        return not_signed(fields.signature.empty()
                              ? "The signature is missing: a field PostOffice-Signature."
                              : "The signature is malformed: time=, nonce= and hmac-sha256=.");
    const auto off = seconds_of(parts_.clock.wall()) - signature->time;
    if (std::abs(off) > IntakeBook::kClockSlack.count()) return wrong_clock();
    const std::string body_sha256 = mail::sha256_hex(request.body);
    const std::string text = signed_text({request.method, kPath, request.query, fields.mail_from,
                                          fields.rcpt_to, fields.idempotency_key, body_sha256},
                                         signature->time, signature->nonce);
    if (is_signed_by_one(*parts_.keys.now(), hmac_sha256, text, signature->mac))
        return std::nullopt;
    return not_signed("The signature does not match.");
}

RouteOutcome MessagesRoute::wrong_clock() const
{
    RouteOutcome outcome =
        not_signed("The clock is off: the request's time is over 300 seconds from ours.");
    outcome.answer.fields.emplace_back("Date", http_date(parts_.clock.wall()));
    return outcome;
}

/// The order that docs/intake-http.md has the crash table of: claim, commit, settle, answer.
RouteOutcome MessagesRoute::take(mail::Message message, IntakeBook::Request request)
{
    if (!request.idempotency_key.empty()) {
        message.sha256 = mail::sha256_hex(message.content);
        request.digest = digest_of(message);
    }
    IntakeBook::Claim claim = book_.begin(std::move(request));
    switch (claim.verdict()) {
        case IntakeBook::Verdict::nonce_seen:
            return refused(409, "This nonce was used before: sign each request anew.");
        case IntakeBook::Verdict::other_mail:
            return refused(422, "This Idempotency-Key was used for another mail.");
        case IntakeBook::Verdict::being_stored:
            return put_off({"The first request with this Idempotency-Key is under way.", 2});
        case IntakeBook::Verdict::full:
            return put_off({"Too many requests in ten minutes.", 10});
        case IntakeBook::Verdict::fresh:
            if (const auto closed = parts_.door.why_no_mail()) return put_off(*closed);
            break;
        case IntakeBook::Verdict::repeat:
            break;
    }
    return commit(std::move(message), std::move(claim));
}

RouteOutcome MessagesRoute::commit(mail::Message message, IntakeBook::Claim claim)
{
    const bool is_repeat = claim.verdict() == IntakeBook::Verdict::repeat;
    mail::SpoolId id = claim.id();
    if (!is_repeat) {
        const auto stored = parts_.door.take(std::move(message));
        if (!stored) return put_off({"The mail could not be stored. Try again soon.", 5});
        id = *stored;
    }
    // The mail is safe: a book that fails takes nothing back.
    if (const auto noted = claim.settle(id); !noted)
        mail::log::error("intake book not written",
                         {{"id", id.hex()}, {"reason", noted.error().describe()}});
    Answer answer{202, {}, "application/json", "{\"id\":\"" + id.hex() + "\"}\n", nullptr};
    return {is_repeat ? Kind::repeated : Kind::taken, std::move(answer), id.hex()};
}

}  // namespace postoffice::http
