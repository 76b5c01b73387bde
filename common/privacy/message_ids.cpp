#include "common/privacy/message_ids.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/privacy/ascii.h"
#include "common/privacy/ip_address.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kMappedSize = 26;  // 130 bits
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kBetweenIds = " \t\r\n,;\"()<>";

// Special-use names (RFC 6761, 6762, 8375, 9476 and the ICANN reservation of .internal), and those
// that home and office networks have always used (RFC 6762 appendix G).
constexpr std::array<std::string_view, 12> kPrivateEndings = {
    ".localdomain", ".localhost", ".local", ".internal", ".intranet", ".private",
    ".corp",        ".home",      ".lan",   ".arpa",     ".invalid",  ".test"};

std::string hmac_sha256(std::string_view key, std::string_view text)
{
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size);
    digest.resize(size);
    return digest;
}

/// RFC 4648 section 6, in lower case and without padding.
std::string base32(std::string_view octets)
{
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : octets) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 5; count -= 5) text.push_back(kBase32[bits >> (count - 5) & 31]);
    }
    return text;
}

/// An id with the line ends and blanks of its folding taken out.
std::string without_space(std::string_view id)
{
    std::string result(id);
    std::erase_if(result, [](char c) { return is_blank(c) || c == '\r' || c == '\n'; });
    return result;
}

/// A time-based UUID with the hardware address of the machine (RFC 9562 5.1): version 1, and the
/// multicast bit of the node is not set, as it is in a random node (6.10).
bool is_hardware_uuid(std::string_view text)
{
    constexpr std::string_view kForm = "xxxxxxxx-xxxx-1xxx-xxxx-xxxxxxxxxxxx";
    if (text.size() < kForm.size()) return false;
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        const bool fits = kForm[i] == 'x' ? hex_value(text[i]) >= 0 : text[i] == kForm[i];
        if (!fits) return false;
    }
    constexpr std::size_t kSecondDigitOfNode = 25;
    return hex_value(text[kSecondDigitOfNode]) % 2 == 0;
}

bool holds_hardware_uuid(std::string_view text)
{
    constexpr std::size_t kFirstHyphen = 8;
    for (auto at = text.find('-'); at != text.npos; at = text.find('-', at + 1)) {
        if (at >= kFirstHyphen && is_hardware_uuid(text.substr(at - kFirstHyphen))) return true;
    }
    return false;
}

/// The id at the front of what is left of a field: between `<` and `>`, or a bare word.
std::string_view id_at(std::string_view text, std::size_t begin)
{
    if (text[begin] != '<') {
        const auto end = text.find_first_of(kBetweenIds, begin);
        return text.substr(begin, end == text.npos ? end : end - begin);
    }
    const auto end = text.find_first_of("<>", begin + 1);
    if (end == text.npos || text[end] == '<') return {};
    return text.substr(begin + 1, end - begin - 1);
}

/// Calls `take` with each id of a field, without its brackets, until it says false. A bare word is
/// an id where it has an `@`.
template <class Take>
void for_each_id(std::string_view field_body, Take take)
{
    for (std::size_t at = 0; at < field_body.size();) {
        const auto id = id_at(field_body, at);
        const bool is_bare = field_body[at] != '<';
        const bool is_id = !id.empty() && (!is_bare || id.find('@') != id.npos);
        if (is_id && !take(id)) return;
        at += id.empty() ? 1 : id.size() + (is_bare ? 0 : 2);
    }
}

}  // namespace

MessageIdMap::MessageIdMap(std::string_view key, std::string_view public_domain,
                           const OriginValues& origin, FieldSearch* search)
    : key_(key), public_domain_(public_domain), origin_(origin), search_(search)
{
}

bool MessageIdMap::shows_origin(std::string_view folded_id) const
{
    const auto id = without_space(folded_id);
    const auto at = id.rfind('@');
    const auto left = std::string_view(id).substr(0, at);
    if (origin_.occurs_in(left) || holds_ip_literal(left) || holds_hardware_uuid(left)) return true;
    if (at == id.npos) return search_shows(left);
    if (left.find('@') != left.npos) return true;

    const auto right = std::string_view(id).substr(at + 1);
    if (equals_ignoring_case(right, public_domain_)) return search_shows(left);
    return !is_public_name(right) || origin_.matches_host(right) || search_shows(id);
}

bool MessageIdMap::search_shows(std::string_view text) const
{
    // Not a hint: many machines are called `mail`, and so are those of mail.shop.example.
    return search_ != nullptr && search_->shows(text, Weight::learned);
}

std::string MessageIdMap::mapped(std::string_view id) const
{
    return base32(hmac_sha256(key_, without_space(id))).substr(0, kMappedSize) + "@" +
           std::string(public_domain_);
}

std::size_t MessageIdMap::cost_of(std::string_view field_body) const
{
    const auto mapped_size = kMappedSize + 1 + public_domain_.size();
    auto cost = field_body.size();
    for_each_id(field_body, [&](std::string_view id) {
        cost += mapped_size - std::min(mapped_size, id.size());
        return true;
    });
    return cost;
}

std::optional<std::string> MessageIdMap::rewritten(std::string_view field_body) const
{
    std::string result;
    std::size_t copied = 0;
    for_each_id(field_body, [&](std::string_view id) {
        if (!shows_origin(id)) return true;
        const auto begin = static_cast<std::size_t>(id.data() - field_body.data());
        result.append(field_body.substr(copied, begin - copied)).append(mapped(id));
        copied = begin + id.size();
        return true;
    });
    if (copied == 0) return std::nullopt;
    return result.append(field_body.substr(copied));
}

bool is_public_name(std::string_view host)
{
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto dot = host.rfind('.');
    if (dot == host.npos || dot == 0 || IpAddress::parse(host) || holds_dashed_address(host))
        return false;
    if (host.find_first_of("[]:@ ") != host.npos) return false;
    const auto name = lowered(host);
    return std::none_of(kPrivateEndings.begin(), kPrivateEndings.end(),
                        [&](auto ending) { return name.ends_with(ending); });
}

}  // namespace mail::privacy
