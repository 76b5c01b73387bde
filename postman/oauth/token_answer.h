/// What a token endpoint and a device endpoint answer (RFC 6749 5, RFC 8628 3.2), read without
/// trust. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.h"

namespace postman::oauth
{

/// A success (RFC 6749 5.1).
struct Grant {
    std::string access_token;
    std::optional<std::chrono::seconds> expires_in;  // 1 s to 30 days; none: the answer has none
    std::string refresh_token;                       // empty: the one we have stays
    std::string scope;                               // empty: as asked
};

/// A refusal (RFC 6749 5.2): its code, and words for people.
struct Refusal {
    std::string error;  // "invalid_grant"; "http_503" where the answer is no OAuth error;
                        // kUnusable where it is a success that cannot be used
    std::string words;  // printable, at most 200 octets; never a secret of ours

    std::string told() const { return error == kUnusable ? words : error + ": " + words; }
    static constexpr const char* kUnusable = "unusable";
};

struct TokenAnswer {
    std::optional<Grant> grant;  // or
    Refusal refusal;
    /// Of a success that cannot be used otherwise: the one that was sent may be spent.
    std::string refresh_token;
};

[[nodiscard]] TokenAnswer parse_token_answer(int status, std::string_view body);

struct DeviceCode {
    std::string device_code;       // a secret
    std::string user_code;         // for the person, as verification_uri is
    std::string verification_uri;  // Google says verification_url
    std::string complete_uri;      // with the user code in it; may be empty
    std::chrono::seconds expires_in{0};
    std::chrono::seconds interval{5};
};

/// errors  malformed: a success that cannot be used; refused: with the provider's words
[[nodiscard]] mail::Result<DeviceCode> parse_device_answer(int status, std::string_view body);

/// For people: printable ASCII, nothing that steers a terminal, at most 200 octets.
[[nodiscard]] std::string printable_words(std::string_view text);

}  // namespace postman::oauth
