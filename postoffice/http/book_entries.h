/// The lines of the intake's book: which nonces were used, and which id an Idempotency-Key has got.
/// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace postoffice::http
{

struct UsedNonce {
    std::string nonce;         // 22 to 64 of A-Z a-z 0-9 _ -
    std::int64_t expires = 0;  // seconds since 1970

    bool operator==(const UsedNonce&) const = default;
};

struct KeptAnswer {
    std::string key;     // SHA-256 of the Idempotency-Key, 64 hex digits
    std::string digest;  // of envelope and content, 64 hex digits
    std::string id;      // 32 hex digits
    std::int64_t expires = 0;

    bool operator==(const KeptAnswer&) const = default;
};

using BookEntry = std::variant<UsedNonce, KeptAnswer>;

/// Appends a word: `n:NONCE:EXPIRES` or `k:KEY:DIGEST:ID:EXPIRES`, and a space.
void append_entry(std::string& payload, const BookEntry& entry);
/// The words of a payload; those that are unsound are passed over.
[[nodiscard]] std::vector<BookEntry> parse_entries(std::string_view payload);

}  // namespace postoffice::http
