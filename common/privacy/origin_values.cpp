#include "common/privacy/origin_values.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/ip_address.h"

namespace mail::privacy
{
namespace
{

using Kind = OriginValue::Kind;

Error malformed(std::string_view text, std::string_view why)
{
    return Error{ErrorKind::malformed,
                 "origin value '" + std::string(text) + "': " + std::string(why)};
}

/// Letters, digits, hyphens, underscores, bytes of UTF-8, and dots between labels.
bool is_host_name(std::string_view text)
{
    if (text.empty() || text.front() == '.' || text.find("..") != text.npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || (c & 0x80) != 0;
    });
}

bool is_numeric(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool is_word(std::string_view text)
{
    return text.find_first_of(" \t\r\n@/\\") == text.npos;
}

std::string_view without_trailing_dot(std::string_view host)
{
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

Result<OriginValue> parse_host(std::string_view given, std::string_view host)
{
    host = without_trailing_dot(host);
    if (host.starts_with("*.")) host.remove_prefix(1);
    const bool is_suffix = host.starts_with('.');
    if (!is_host_name(is_suffix ? host.substr(1) : host))
        return malformed(given, "not a host name");
    return OriginValue{is_suffix ? Kind::suffix : Kind::host, lowered(host)};
}

/// `user:www-data` and its like; none where no such prefix stands in front.
std::optional<Result<OriginValue>> parse_outright(std::string_view text)
{
    const auto colon = text.find(':');
    const auto prefix = text.substr(0, colon == text.npos ? 0 : colon);
    const auto value = colon == text.npos ? text : text.substr(colon + 1);
    if (prefix != "host" && prefix != "user" && prefix != "path" && prefix != "text") return {};
    if (trimmed(value).empty()) return malformed(text, "empty");
    if (prefix == "host") return parse_host(text, value);
    if (prefix == "user") {
        if (!is_word(value)) return malformed(text, "not a user name");
        return OriginValue{Kind::user, std::string(value)};
    }
    return OriginValue{prefix == "path" ? Kind::path : Kind::text, std::string(value)};
}

Result<OriginValue> parse_network(std::string_view text)
{
    if (!IpNetwork::parse(text))
        return malformed(text, "not a network: ADDRESS/BITS, at least 1 bit");
    return OriginValue{Kind::network, std::string(text)};
}

}  // namespace

Result<OriginValue> parse_origin_value(std::string_view given)
{
    const auto text = trimmed(given);
    if (text.empty()) return malformed(given, "empty");
    if (auto outright = parse_outright(text)) return *std::move(outright);
    if (text.starts_with('/')) return OriginValue{Kind::path, std::string(text)};
    if (text.starts_with("*.") || text.starts_with('.')) return parse_host(text, text);
    if (const auto address = IpAddress::parse(text))
        return OriginValue{Kind::address, address->text()};
    if (text.find('/') != text.npos) return parse_network(text);
    if (is_numeric(text) && text.find('.') != text.npos) return malformed(text, "not an address");
    if (text.find(':') != text.npos)
        return malformed(text, "neither an address nor host:, user:, path:, text:");
    if (text.find('@') != text.npos) return malformed(text, "give user and host apart, or text:");
    if (text.find('.') != text.npos) return parse_host(text, text);
    if (!is_word(text)) return malformed(text, "not one word; say text: for a phrase");
    return OriginValue{Kind::user, std::string(text)};
}

OriginValues::OriginValues(std::vector<OriginValue> values) : values_(std::move(values))
{
    for (const auto& value : values_) index_.add(value);
}

void OriginValues::add(OriginValue value)
{
    for (auto& known : values_) {
        if (known.kind != value.kind || known.value != value.value) continue;
        known.learned = known.learned && value.learned;
        index_.add(known);
        return;
    }
    index_.add(value);
    values_.push_back(std::move(value));
}

bool OriginValues::matches_host(std::string_view host) const
{
    host = without_trailing_dot(trimmed(host));
    if (host.empty()) return false;
    if (const auto address = IpAddress::parse(host)) return index_.has_address(*address);
    return index_.has_host(lowered(host));
}

bool OriginValues::occurs_in(std::string_view text) const
{
    return index_.has_word_in(lowered(text));
}

}  // namespace mail::privacy
