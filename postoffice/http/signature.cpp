#include "postoffice/http/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "common/base64.h"

namespace postoffice::http
{
namespace
{

constexpr std::string_view kFirstLine = "PostOffice-HMAC-SHA256";
constexpr std::size_t kMinNonceBytes = 22;  // 128 bits in base64url
constexpr std::size_t kMaxNonceBytes = 64;
constexpr std::size_t kMaxTimeDigits = 12;
constexpr std::size_t kMacBytes = 32;

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::string> parse_nonce(std::string_view text)
{
    const bool is_nonce = text.size() >= kMinNonceBytes && text.size() <= kMaxNonceBytes &&
                          std::all_of(text.begin(), text.end(), [](char c) {
                              return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                                     (c >= 'a' && c <= 'z') || c == '_' || c == '-';
                          });
    return is_nonce ? std::optional(std::string(text)) : std::nullopt;
}

std::optional<std::int64_t> parse_time(std::string_view text)
{
    std::int64_t seconds = 0;
    const bool is_number =
        !text.empty() && text.size() <= kMaxTimeDigits &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

/// False where it is there already, or is unsound.
template <class Value>
bool fill(std::optional<Value>& slot, std::optional<Value> value)
{
    if (slot || !value) return false;
    slot = std::move(value);
    return true;
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view text)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (::HMAC(digest, key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac,
               &size) == nullptr)
        throw std::runtime_error("HMAC failed");
    return {reinterpret_cast<const char*>(mac), size};
}

}  // namespace

std::optional<SignatureField> parse_signature_field(std::string_view value)
{
    std::optional<std::int64_t> time;
    std::optional<std::string> nonce;
    std::optional<std::string> mac;
    for (bool is_last = false; !is_last;) {
        const auto comma = value.find(',');
        is_last = comma == std::string_view::npos;
        const std::string_view part = trimmed(value.substr(0, comma));
        value.remove_prefix(is_last ? value.size() : comma + 1);
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string_view name = part.substr(0, equals);
        const std::string_view what = part.substr(equals + 1);
        const bool is_sound = (name == "time" && fill(time, parse_time(what))) ||
                              (name == "nonce" && fill(nonce, parse_nonce(what))) ||
                              (name == "hmac-sha256" && fill(mac, mail::base64_decode(what)));
        if (!is_sound) return std::nullopt;
    }
    if (!time || !nonce || !mac || mac->size() != kMacBytes) return std::nullopt;
    return SignatureField{*time, std::move(*nonce), std::move(*mac)};
}

std::string signed_text(const SignedParts& parts, std::int64_t time, std::string_view nonce)
{
    std::string text;
    const std::string seconds = std::to_string(time);
    for (const std::string_view line :
         {kFirstLine, parts.method, parts.path, parts.query, parts.mail_from, parts.rcpt_to,
          parts.idempotency_key, parts.body_sha256, std::string_view(seconds), nonce})
        text.append(line).append("\n");
    return text;
}

std::string hmac_sha256(std::string_view key, std::string_view text)
{
    return hmac(::EVP_sha256(), key, text);
}

std::string hmac_sha1(std::string_view key, std::string_view text)
{
    return hmac(::EVP_sha1(), key, text);
}

bool is_signed_by_one(const Keys& keys, Hmac hmac_of, std::string_view text, std::string_view mac)
{
    bool is_signed = false;
    for (const std::string& key : keys) {
        const std::string wanted = hmac_of(key, text);
        const bool is_this = wanted.size() == mac.size() &&
                             ::CRYPTO_memcmp(wanted.data(), mac.data(), mac.size()) == 0;
        is_signed = is_signed || is_this;
    }
    return is_signed;
}

}  // namespace postoffice::http
