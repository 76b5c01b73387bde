/// How a request is signed: the field, the text under the signature, and the look whether a key of
/// ours made it. Pure. The contract, with an example: docs/intake-http.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "postoffice/http/keys_file.h"

namespace postoffice::http
{

/// `PostOffice-Signature: time=…, nonce=…, hmac-sha256=…`
struct SignatureField {
    std::int64_t time = 0;  // seconds since 1970
    std::string nonce;      // 22 to 64 of A-Z a-z 0-9 _ -
    std::string mac;        // 32 octets
};

/// The three parts in any order, each once, and no others; nothing where it is not so.
[[nodiscard]] std::optional<SignatureField> parse_signature_field(std::string_view value);

/// What the signature covers. Values as sent; empty where a field or the query is not there.
struct SignedParts {
    std::string_view method;
    std::string_view path;
    std::string_view query;
    std::string_view mail_from;
    std::string_view rcpt_to;
    std::string_view idempotency_key;
    std::string_view body_sha256;  // 64 lower-case hex digits
};
[[nodiscard]] std::string signed_text(const SignedParts& parts, std::int64_t time,
                                      std::string_view nonce);

[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
/// appengine-mailer's (AM-02).
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view text);

using Hmac = std::string (*)(std::string_view key, std::string_view text);
/// Whether one of the keys made `mac` over `text`. Every key is tried, and each digest compared to
/// its end: the time tells nothing.
[[nodiscard]] bool is_signed_by_one(const Keys& keys, Hmac hmac, std::string_view text,
                                    std::string_view mac);

}  // namespace postoffice::http
