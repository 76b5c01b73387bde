#include "common/log_mask.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "common/clock.h"
#include "common/random_token.h"

namespace mail::log
{
namespace
{

constexpr std::string_view kOwnWords[] = {"via", "endpoint", "account"};
constexpr std::string_view kAddressFields[] = {"from", "to", "recipient"};
constexpr std::size_t kHashOctets = 4;

template <std::size_t N>
bool holds(const std::string_view (&names)[N], std::string_view name)
{
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string hash_of(std::string_view text, std::string_view key)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), lowered);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(folded.data()), folded.size(), digest.data(),
           &size);
    std::string hex;
    for (std::size_t i = 0; i < kHashOctets; ++i) {
        hex += kHex[digest[i] >> 4];
        hex += kHex[digest[i] & 15];
    }
    return hex;
}

bool is_delimiter(char c)
{
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f ||
           std::string_view("<>(),;:\"\\").find(c) != std::string_view::npos;
}

/// The end of the word that begins at `at`: to a delimiter, but over a quoted local part and an
/// address literal (RFC 5321 4.1.2: "a b"@example.org, a@[IPv6:::1]).
std::size_t end_of_word(std::string_view text, std::size_t at)
{
    if (text[at] == '"') {
        std::size_t end = at + 1;
        while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
        if (end + 1 >= text.size() || text[end + 1] != '@') return at + 1;
        at = end + 1;
    }
    while (at < text.size() && !is_delimiter(text[at])) {
        const bool begins_literal = text[at] == '@' && at + 1 < text.size() && text[at + 1] == '[';
        const std::size_t closed = begins_literal ? text.find(']', at) : std::string_view::npos;
        at = closed == std::string_view::npos ? at + 1 : closed + 1;
    }
    return at;
}

/// What stands around an address in a sentence.
std::size_t trimmed_end(std::string_view word)
{
    const std::size_t last = word.find_last_not_of(".'`!?");
    return last == std::string_view::npos ? 0 : last + 1;
}

bool may_stay(std::string_view word)
{
    return word.empty() || word == "all" || word.front() == '+';
}

/// A word with its address masked; others as they are.
std::string masked_word(std::string_view word, bool is_address_field, std::string_view key)
{
    const std::size_t begin = std::min(word.find_first_not_of("'`"), word.size());
    const std::size_t end = std::max(trimmed_end(word), begin);
    const std::string_view core = word.substr(begin, end - begin);
    const std::size_t at = core.rfind('@');
    const bool is_address = at != std::string_view::npos && at > 0 && at + 1 < core.size();
    if (!is_address && (!is_address_field || may_stay(core))) return std::string(word);
    std::string result(word.substr(0, begin));
    result += is_address ? hash_of(core, key) : "~" + hash_of(core, key);
    if (is_address) result += core.substr(at);
    return result.append(word.substr(end));
}

}  // namespace

std::string masked(std::string_view field, std::string_view value, std::string_view hash_key)
{
    if (value.empty() || holds(kOwnWords, field)) return std::string(value);
    if (field == "subject") return "~" + hash_of(value, hash_key);
    const bool is_address_field = holds(kAddressFields, field);
    if (!is_address_field && value.find('@') == std::string_view::npos) return std::string(value);
    std::string result;
    for (std::size_t at = 0; at < value.size();) {
        const std::size_t end = end_of_word(value, at);
        if (end == at)
            result += value[at++];
        else
            result += masked_word(value.substr(at, end - at), is_address_field, hash_key);
        at = std::max(at, end);
    }
    return result;
}

std::string machine_mask_key()
{
    std::ifstream file("/etc/machine-id");
    std::string id;
    constexpr std::size_t kHexDigits = 32;
    if (std::getline(file, id) && id.size() == kHexDigits) return "postoffice log mask " + id;
    const std::string boot_id = system_clock().boot_id();
    return "postoffice log mask " + (boot_id.empty() ? random_token() : boot_id);
}

}  // namespace mail::log
