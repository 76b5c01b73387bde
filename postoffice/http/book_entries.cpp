#include "postoffice/http/book_entries.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace postoffice::http
{
namespace
{

constexpr std::size_t kMaxNumberDigits = 12;

bool is_hex(std::string_view text, std::size_t digits)
{
    return text.size() == digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_nonce(std::string_view text)
{
    return text.size() >= 22 && text.size() <= 64 &&
           text.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               "0123456789_-") == std::string_view::npos;
}

std::string_view take_part(std::string_view& word)
{
    const std::string_view part = word.substr(0, word.find(':'));
    word.remove_prefix(std::min(word.size(), part.size() + 1));
    return part;
}

std::optional<std::int64_t> number(std::string_view text)
{
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    if (text.empty() || text.size() > kMaxNumberDigits || text.front() == '-') return std::nullopt;
    const auto [rest, fault] = std::from_chars(text.data(), end, value);
    return fault == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

std::optional<BookEntry> parse_word(std::string_view word)
{
    const std::string_view kind = take_part(word);
    if (kind == "n") {
        const std::string_view nonce = take_part(word);
        const auto expires = number(word);
        if (!is_nonce(nonce) || !expires) return std::nullopt;
        return UsedNonce{std::string(nonce), *expires};
    }
    if (kind != "k") return std::nullopt;
    const std::string_view key = take_part(word);
    const std::string_view digest = take_part(word);
    const std::string_view id = take_part(word);
    const auto expires = number(word);
    if (!is_hex(key, 64) || !is_hex(digest, 64) || !is_hex(id, 32) || !expires) return std::nullopt;
    return KeptAnswer{std::string(key), std::string(digest), std::string(id), *expires};
}

}  // namespace

void append_entry(std::string& payload, const BookEntry& entry)
{
    if (const auto* used = std::get_if<UsedNonce>(&entry)) {
        payload.append("n:").append(used->nonce).append(":");
        payload.append(std::to_string(used->expires)).append(" ");
        return;
    }
    const auto& kept = std::get<KeptAnswer>(entry);
    payload.append("k:").append(kept.key).append(":").append(kept.digest).append(":");
    payload.append(kept.id).append(":").append(std::to_string(kept.expires)).append(" ");
}

std::vector<BookEntry> parse_entries(std::string_view payload)
{
    std::vector<BookEntry> entries;
    while (!payload.empty()) {
        const std::string_view word = payload.substr(0, payload.find(' '));
        payload.remove_prefix(std::min(payload.size(), word.size() + 1));
        if (auto entry = parse_word(word)) entries.push_back(std::move(*entry));
    }
    return entries;
}

}  // namespace postoffice::http
