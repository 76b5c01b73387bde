#include "common/dns/spf.h"

#include "common/privacy/ascii.h"

namespace mail::dns
{
namespace
{

using Kind = SpfTerm::Kind;
using privacy::equals_ignoring_case;
using privacy::IpAddress;
using privacy::IpNetwork;

constexpr std::size_t kMostTerms = 200;

struct Mechanism {
    std::string_view name;
    Kind kind;
};
constexpr Mechanism kMechanisms[] = {
    {"ip4", Kind::network},       {"ip6", Kind::network},     {"a", Kind::address_of},
    {"mx", Kind::exchangers_of},  {"include", Kind::include}, {"exists", Kind::exists},
    {"redirect", Kind::redirect}, {"ptr", Kind::address_of},
};

/// A single address is a network of its own.
std::optional<IpNetwork> network_in(std::string_view text)
{
    if (text.find('/') != text.npos) return IpNetwork::parse(text);
    const auto address = IpAddress::parse(text);
    if (!address) return std::nullopt;
    return IpNetwork{*address, 128};
}

/// RFC 7208 4.6.1: qualifier, name, then `:` or `=` with a value, then `/` with a prefix.
SpfTerm read_term(std::string_view text)
{
    SpfTerm term{Kind::other, std::string(text), {}};
    if (text.find_first_of("+-~?") == 0) text.remove_prefix(1);
    const auto end = std::min(text.find_first_of(":=/"), text.size());
    for (const auto& [name, kind] : kMechanisms) {
        if (equals_ignoring_case(text.substr(0, end), name)) term.kind = kind;
    }
    const bool has_value = end < text.size() && text[end] != '/';
    const auto value = has_value ? text.substr(end + 1) : std::string_view();
    if (term.kind == Kind::network) {
        term.network = network_in(value);
        if (!term.network) term.kind = Kind::other;
        return term;
    }
    auto domain = value.substr(0, value.find('/'));
    if (domain.ends_with('.')) domain.remove_suffix(1);
    term.domain = privacy::lowered(domain);
    return term;
}

}  // namespace

std::optional<std::vector<SpfTerm>> parse_spf(std::string_view text)
{
    constexpr std::string_view kVersion = "v=spf1";
    if (!equals_ignoring_case(text.substr(0, kVersion.size()), kVersion)) return std::nullopt;
    text.remove_prefix(kVersion.size());
    if (!text.empty() && text.front() != ' ') return std::nullopt;
    std::vector<SpfTerm> terms;
    while (terms.size() < kMostTerms) {
        const auto begin = text.find_first_not_of(' ');
        if (begin == text.npos) break;
        const auto end = std::min(text.find(' ', begin), text.size());
        terms.push_back(read_term(text.substr(begin, end - begin)));
        text.remove_prefix(end);
    }
    return terms;
}

}  // namespace mail::dns
