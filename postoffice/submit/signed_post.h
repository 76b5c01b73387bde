/// A mail as a signed `POST /v1/messages` (docs/intake-http.md): what is signed, and the fields
/// that carry it. Pure: time, nonce and key are given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/envelope.h"
#include "common/web/web_client.h"
#include "postoffice/submit/handover.h"

namespace postoffice::submit
{

/// What the signature covers.
struct SignedParts {
    std::string mail_from;  // "<a@b>"
    std::string rcpt_to;    // "<c@d>, <e@f>"
    std::string idempotency_key;
    std::string body_sha256;  // 64 lower-case hex digits
    std::int64_t time = 0;    // seconds since 1970
    std::string nonce;        // 22 to 64 of A-Z a-z 0-9 _ -
};

/// Each line ended by LF: the scheme's name, method, path, query (none), and the parts.
[[nodiscard]] std::string signed_text(const SignedParts& parts);
/// "time=…, nonce=…, hmac-sha256=…"
[[nodiscard]] std::string signature_field(const SignedParts& parts, std::string_view key);

/// url   of the origin side; /v1/messages is put behind it
/// body  must outlive the request
[[nodiscard]] mail::web::WebRequest signed_request(const std::string& url, const SignedParts& parts,
                                                   std::string_view key, std::string_view body);

/// The field's value, of the recipients [begin, end).
[[nodiscard]] std::string rcpt_to_field(const std::vector<std::string>& recipients,
                                        std::size_t begin, std::size_t end);
/// How many of the recipients from `begin` on fit one request's header.
[[nodiscard]] std::size_t recipients_that_fit(const std::vector<std::string>& recipients,
                                              std::size_t begin);

/// What the answer means for the caller. 401: the signature or the clock; 403: the sender may not.
[[nodiscard]] Handover handover_of(const mail::web::WebAnswer& answer, const std::string& url);

inline constexpr int kNonceSeen = 409;
inline constexpr std::size_t kLeastKeyBytes = 16;

}  // namespace postoffice::submit
