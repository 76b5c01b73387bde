#include "postoffice/submit/signed_post.h"

#include <nlohmann/json.hpp>

#include "common/base64.h"
#include "postoffice/http/signature.h"

namespace postoffice::submit
{
namespace
{

constexpr std::string_view kPath = "/v1/messages";
constexpr std::size_t kMaxFieldBytes = 8000;  // of a header that may have 16 KiB
constexpr std::size_t kMaxRecipients = 1000;

std::string member(const std::string& body, const char* name)
{
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object()) return {};
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "503 stopping": fit for one line.
std::string words_of(const mail::web::WebAnswer& answer)
{
    std::string text = member(answer.body, "detail");
    if (text.empty()) text = member(answer.body, "title");
    std::string words = std::to_string(answer.status);
    words.append(text.empty() ? "" : " ").append(text, 0, 500);
    for (char& c : words)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    return words;
}

}  // namespace

std::string signed_text(const SignedParts& parts)
{
    return http::signed_text({.method = "POST",
                              .path = kPath,
                              .query = {},
                              .mail_from = parts.mail_from,
                              .rcpt_to = parts.rcpt_to,
                              .idempotency_key = parts.idempotency_key,
                              .body_sha256 = parts.body_sha256},
                             parts.time, parts.nonce);
}

std::string signature_field(const SignedParts& parts, std::string_view key)
{
    return "time=" + std::to_string(parts.time) + ", nonce=" + parts.nonce +
           ", hmac-sha256=" + mail::base64_encode(http::hmac_sha256(key, signed_text(parts)));
}

mail::web::WebRequest signed_request(const std::string& url, const SignedParts& parts,
                                     std::string_view key, std::string_view body)
{
    mail::web::WebRequest request;
    request.method = "POST";
    request.url = url;
    while (request.url.ends_with('/')) request.url.pop_back();
    request.url += kPath;
    request.headers = {{"Mail-From", parts.mail_from},
                       {"Rcpt-To", parts.rcpt_to},
                       {"Idempotency-Key", parts.idempotency_key},
                       {"PostOffice-Signature", signature_field(parts, key)}};
    request.content_type = "message/rfc822";
    request.body = body;
    return request;
}

std::string rcpt_to_field(const std::vector<std::string>& recipients, std::size_t begin,
                          std::size_t end)
{
    std::string field;
    for (std::size_t i = begin; i < end; ++i)
        field.append(field.empty() ? "<" : ", <").append(recipients[i]).append(">");
    return field;
}

std::size_t recipients_that_fit(const std::vector<std::string>& recipients, std::size_t begin)
{
    std::size_t bytes = 0, end = begin;
    while (end < recipients.size() && end - begin < kMaxRecipients) {
        bytes += recipients[end].size() + 4;
        if (bytes > kMaxFieldBytes && end > begin) break;
        ++end;
    }
    return end - begin;
}

Handover handover_of(const mail::web::WebAnswer& answer, const std::string& url)
{
    const std::string reason = url + " answered " + words_of(answer);
    switch (answer.status) {
        case 202:
            return Handover::accepted_as(member(answer.body, "id"));
        case 400:
        case 413:
        case 415:
        case 422:
            return Handover::refused_with(reason, mail::kExitData);
        case 403:
            return Handover::refused_with(reason, mail::kExitNoPermission);
        case 401:  // the key or the clock of this host: the mail is sound
            return Handover::put_off(reason + " (--key-file, or this host's clock)",
                                     mail::kExitNoPermission);
        default:
            return Handover::put_off(reason);
    }
}

}  // namespace postoffice::submit
