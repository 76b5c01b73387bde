#include "postoffice/submit/url_way.h"

#include "common/clock.h"
#include "common/random_token.h"
#include "common/web/https_web_client.h"
#include "postoffice/submit/signed_post.h"

namespace postoffice::submit
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

/// Of an answer that says no mail with a reason: temporary, but for a URL that is none.
Handover without_answer(const Error& error, bool may_have_arrived, const std::string& url)
{
    Handover lost = Handover::put_off(
        url + ": " + error.describe(),
        error.kind == ErrorKind::temporary ? mail::kExitTemporary : mail::kExitConfiguration);
    lost.may_have_arrived = may_have_arrived;
    if (may_have_arrived) lost.reason += "; the mail may have arrived";
    return lost;
}

SignedParts parts_of(const mail::Record& record, std::size_t begin, std::size_t count,
                     const std::string& key)
{
    SignedParts parts;
    parts.mail_from = "<" + record.envelope.reverse_path + ">";
    parts.rcpt_to = rcpt_to_field(record.envelope.recipients, begin, begin + count);
    parts.idempotency_key = begin == 0 ? key : key + "-" + std::to_string(begin);
    parts.body_sha256 = mail::sha256_hex(record.content);
    return parts;
}

/// With a new nonce where the old one was seen before.
Handover post(mail::web::WebClient& web, const std::string& url, SignedParts parts,
              const std::string& secret, std::string_view body)
{
    for (bool is_again = false;; is_again = true) {
        const auto now = std::chrono::floor<std::chrono::seconds>(
            mail::system_clock().wall().time_since_epoch());
        parts.time = now.count();
        parts.nonce = mail::random_token();
        bool may_have_arrived = false;
        mail::web::WebRequest request = signed_request(url, parts, secret, body);
        request.deadline = std::chrono::seconds(300);
        request.may_have_arrived = &may_have_arrived;
        const auto answer = web.ask(request, {});
        if (!answer) return without_answer(answer.error(), may_have_arrived, url);
        if (answer->status != kNonceSeen || is_again) return handover_of(*answer, url);
    }
}

Result<std::string> read_key(const Settings& settings)
{
    if (settings.key_file.empty() && settings.key.empty())
        return Error{ErrorKind::refused,
                     "GMAIL_SECRET_KEY is not set. --url wants --key-file, or that"};
    auto key = settings.key_file.empty() ? Result<std::string>(settings.key)
                                         : mail::read_secret(settings.key_file);
    if (key && key->size() < kLeastKeyBytes)
        return Error{ErrorKind::refused, "the key has fewer than 16 octets"};
    return key;
}

}  // namespace

Handover send_by_url(const Settings& settings, const mail::Record& record, const std::string& key)
{
    const auto secret = read_key(settings);
    if (!secret) return Handover::put_off(secret.error().describe(), mail::kExitConfiguration);
    const auto web = mail::web::make_web_client({.ca_file = settings.ca});
    const auto& recipients = record.envelope.recipients;
    Handover handover;
    for (std::size_t begin = 0; begin < recipients.size();) {
        const std::size_t count = recipients_that_fit(recipients, begin);
        handover =
            post(*web, settings.url, parts_of(record, begin, count, key), *secret, record.content);
        if (handover.kind != Handover::Kind::accepted) {
            if (begin == 0) return handover;
            handover.reason += "; " + std::to_string(begin) + " of " +
                               std::to_string(recipients.size()) + " recipients have it";
            handover.may_have_arrived = true;  // the same key must be used again
            return handover;
        }
        begin += count;
    }
    return handover;
}

}  // namespace postoffice::submit
