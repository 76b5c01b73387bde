#include "common/privacy/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kLongestText = INET6_ADDRSTRLEN;
constexpr unsigned kMappedBits = 96;

std::string_view without_literal_marks(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']') && text.size() >= 2) {
        text = text.substr(1, text.size() - 2);
    }
    if (text.size() > 5 && equals_ignoring_case(text.substr(0, 5), "IPv6:")) text.remove_prefix(5);
    return text;
}

bool is_v4_byte(char c)
{
    return is_digit(c) || c == '.';
}
bool is_v6_byte(char c)
{
    return hex_value(c) >= 0 || c == ':' || c == '.';
}
bool is_word_byte(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

/// Calls `is_address` with each longest run of such bytes that is no part of a longer word.
template <class IsByte, class IsAddress>
bool any_run(std::string_view text, IsByte is_byte, IsAddress is_address)
{
    for (std::size_t begin = 0; begin < text.size(); ++begin) {
        if (!is_byte(text[begin])) continue;
        std::size_t end = begin;
        while (end < text.size() && is_byte(text[end])) ++end;
        auto run = text.substr(begin, end - begin);
        char before = begin > 0 ? text[begin - 1] : ' ';
        if (run.starts_with(':') && !run.starts_with("::")) {  // `client-ip:2001:db8::1`
            before = ':';
            run.remove_prefix(1);
        }
        if (before == 'v' && run.starts_with("6:")) {  // `IPv6:2001:db8::1`
            before = ':';
            run.remove_prefix(2);
        }
        const char after = end < text.size() ? text[end] : ' ';
        if (!is_word_byte(before) && !is_word_byte(after) && is_address(run)) return true;
        begin = end;
    }
    return false;
}

bool is_v4_run(std::string_view run)
{
    while (run.ends_with('.')) run.remove_suffix(1);  // of a sentence
    return run.size() >= 7 && IpAddress::parse(run);
}

bool is_v6_run(std::string_view run)
{
    if (std::count(run.begin(), run.end(), ':') < 2) return false;
    while (run.ends_with('.')) run.remove_suffix(1);
    if (run.ends_with(':') && !run.ends_with("::")) run.remove_suffix(1);
    return run.size() > 2 && IpAddress::parse(run);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    text = without_literal_marks(text);
    if (text.size() > kLongestText) return std::nullopt;
    const std::string terminated(text);
    IpAddress address;
    if (::inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1) return address;
    std::copy(kMapped.begin(), kMapped.end(), address.octets.begin());
    if (::inet_pton(AF_INET, terminated.c_str(), address.octets.data() + kMapped.size()) == 1) {
        return address;
    }
    return std::nullopt;
}

bool IpAddress::is_v4() const
{
    return std::equal(kMapped.begin(), kMapped.end(), octets.begin());
}

std::string IpAddress::text() const
{
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (is_v4()) {
        ::inet_ntop(AF_INET, octets.data() + kMapped.size(), buffer.data(), buffer.size());
    } else {
        ::inet_ntop(AF_INET6, octets.data(), buffer.data(), buffer.size());
    }
    return buffer.data();
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    const auto base = IpAddress::parse(text.substr(0, slash));
    const auto length = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (!base || error != std::errc() || end != length.data() + length.size()) return std::nullopt;
    const bool dotted = text.substr(0, slash).find(':') == text.npos;
    if (bits == 0 || bits > (dotted ? 32U : 128U)) return std::nullopt;
    return IpNetwork{*base, dotted ? bits + kMappedBits : bits};
}

bool IpNetwork::contains(const IpAddress& address) const
{
    const std::size_t whole = prefix_bits / 8;
    if (!std::equal(base.octets.begin(), base.octets.begin() + whole, address.octets.begin())) {
        return false;
    }
    if (prefix_bits % 8 == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xFF << (8 - prefix_bits % 8));
    return ((base.octets[whole] ^ address.octets[whole]) & mask) == 0;
}

bool holds_ip_literal(std::string_view text)
{
    return any_run(text, is_v4_byte, is_v4_run) || any_run(text, is_v6_byte, is_v6_run);
}

bool holds_dashed_address(std::string_view host)
{
    unsigned numbers = 0;
    for (std::size_t at = 0; at < host.size();) {
        std::size_t end = at;
        while (end < host.size() && is_digit(host[end])) ++end;
        const auto digits = end - at;
        const bool is_octet = digits >= 1 && digits <= 3 &&
                              (digits < 3 || host.substr(at, 3) <= std::string_view("255"));
        numbers = is_octet ? numbers + 1 : 0;
        if (numbers == 4) return true;
        if (end < host.size() && host[end] != '-' && host[end] != '.') numbers = 0;
        at = end + 1;
    }
    return false;
}

}  // namespace mail::privacy
