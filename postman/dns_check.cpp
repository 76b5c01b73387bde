#include "postman/dns_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/dns/dmarc.h"
#include "common/dns/spf.h"

namespace postman
{
namespace
{

using mail::dns::SpfTerm;
using mail::privacy::IpAddress;
using mail::privacy::IpNetwork;
using mail::privacy::OriginValue;
using mail::privacy::OriginValues;

bool overlap(const IpNetwork& a, const IpNetwork& b)
{
    return a.prefix_bits <= b.prefix_bits ? a.contains(b.base) : b.contains(a.base);
}

bool shows(const OriginValue& value, const IpNetwork& network)
{
    if (value.kind == OriginValue::Kind::network) {
        const auto own = IpNetwork::parse(value.value);
        return own && overlap(*own, network);
    }
    const auto address = IpAddress::parse(value.value);
    return value.kind == OriginValue::Kind::address && address && network.contains(*address);
}

std::string domain_of(std::string_view address)
{
    const auto at = address.rfind('@');
    return std::string(at == address.npos ? address : address.substr(at + 1));
}

/// The questions about one domain.
class Check
{
public:
    Check(const std::string& domain, const OriginValues& origin, mail::dns::Lookup& lookup)
        : domain_(domain), origin_(origin), lookup_(lookup)
    {
    }

    DnsReport run()
    {
        look_at_host("A", domain_, domain_);
        look_at_exchangers("MX", domain_);
        look_at_spf();
        look_at_dmarc();
        return std::move(report_);
    }

private:
    void note(std::string_view record, std::string text, std::string origin_value)
    {
        report_.facts.push_back({std::string(record), std::move(text), std::move(origin_value)});
    }

    /// What was answered; nothing, and a failure noted, where no server did.
    template <class T>
    std::vector<T> answered(mail::Result<std::vector<T>> result)
    {
        if (result) return std::move(*result);
        const auto reason = result.error().describe();
        auto& failures = report_.failures;
        if (std::find(failures.begin(), failures.end(), reason) == failures.end())
            failures.push_back(reason);
        return {};
    }

    std::string value_shown_by(std::string_view host) const
    {
        for (const auto& value : origin_.all()) {
            if (OriginValues({value}).matches_host(host)) return value.value;
        }
        return {};
    }

    std::string value_shown_by(const IpNetwork& network) const
    {
        for (const auto& value : origin_.all()) {
            if (shows(value, network)) return value.value;
        }
        return {};
    }

    /// The name itself, and each of its addresses.
    void look_at_host(std::string_view record, const std::string& text, const std::string& host)
    {
        auto by_name = value_shown_by(host);
        if (!by_name.empty()) note(record, text, std::move(by_name));
        for (const IpAddress& address : answered(lookup_.addresses(host)))
            note(record, text + " " + address.text(), value_shown_by(IpNetwork{address, 128}));
    }

    void look_at_exchangers(std::string_view record, const std::string& domain)
    {
        for (const std::string& host : answered(lookup_.mail_exchangers(domain)))
            look_at_host(record, host, host);
    }

    /// Follows includes and redirects, each name once.
    void look_at_spf()
    {
        std::vector<std::string> names{domain_};
        std::set<std::string> seen{domain_};
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (i == kMostSpfNames)
                return report_.failures.push_back("SPF: more than 50 names are included");
            const std::string name = names[i];
            for (const std::string& text : answered(lookup_.texts(name))) {
                const auto terms = mail::dns::parse_spf(text);
                if (!terms) continue;
                for (const SpfTerm& term : *terms) {
                    look_at_term(term, name);
                    const bool leads_on =
                        term.kind == SpfTerm::Kind::include || term.kind == SpfTerm::Kind::redirect;
                    const bool is_open = term.domain.find('%') == term.domain.npos;
                    if (leads_on && is_open && !term.domain.empty() &&
                        seen.insert(term.domain).second)
                        names.push_back(term.domain);
                }
            }
        }
    }

    void look_at_term(const SpfTerm& term, const std::string& asked)
    {
        const std::string& host = term.domain.empty() ? asked : term.domain;
        const bool has_macro = host.find('%') != host.npos;  // RFC 7208 7: only its words are known
        using Kind = SpfTerm::Kind;
        if (term.kind == Kind::network) {
            note("SPF", term.text, value_shown_by(*term.network));
        } else if (term.kind == Kind::address_of && !has_macro) {
            look_at_host("SPF", term.text, host);
        } else if (term.kind == Kind::exchangers_of && !has_macro) {
            look_at_exchangers("SPF", host);
        } else {
            auto shown = value_shown_by(host);
            if (shown.empty() && origin_.occurs_in(term.text)) shown = term.text;
            if (!shown.empty() || term.kind != Kind::other)  // "-all" says nothing
                note("SPF", term.text, std::move(shown));
        }
    }

    void look_at_dmarc()
    {
        for (const std::string& text : answered(lookup_.texts("_dmarc." + domain_))) {
            for (const std::string& address : mail::dns::dmarc_report_addresses(text))
                note("DMARC", address, value_shown_by(domain_of(address)));
        }
    }

    const std::string& domain_;
    const OriginValues& origin_;
    mail::dns::Lookup& lookup_;
    DnsReport report_;
};

}  // namespace

bool DnsReport::shows_origin() const
{
    return std::any_of(facts.begin(), facts.end(),
                       [](const DnsFact& fact) { return !fact.shows.empty(); });
}

DnsReport check_domain(const std::string& domain, const OriginValues& origin,
                       mail::dns::Lookup& lookup)
{
    return Check(domain, origin, lookup).run();
}

}  // namespace postman
