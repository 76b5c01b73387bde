#include "postmaster/origin_proposals.h"

#include <pwd.h>

#include <algorithm>
#include <set>

#include "common/dns/spf.h"

namespace postmaster
{
namespace
{

using mail::dns::SpfTerm;
using mail::privacy::OriginValues;

constexpr unsigned kFirstPerson = 1000;
constexpr unsigned kNobody = 65534;

class DomainQuestions
{
public:
    DomainQuestions(const std::string& domain, mail::dns::Lookup& lookup)
        : domain_(domain), lookup_(lookup)
    {
    }

    DomainProposals all()
    {
        exchangers(domain_, "MX of " + domain_);
        const auto texts = lookup_.texts(domain_);
        if (!texts) note(domain_, texts.error());
        if (texts)
            for (const std::string& text : *texts)
                if (const auto terms = mail::dns::parse_spf(text))
                    for (const SpfTerm& term : *terms) take(term);
        return std::move(result_);
    }

private:
    void take(const SpfTerm& term)
    {
        const std::string why = "SPF of " + domain_ + ": " + term.text;
        const std::string name = term.domain.empty() ? domain_ : term.domain;
        if (term.kind == SpfTerm::Kind::network && term.network)
            result_.proposals.push_back({term.text.substr(term.text.find(':') + 1), why});
        if (term.kind == SpfTerm::Kind::address_of) host(name, why);
        if (term.kind == SpfTerm::Kind::exchangers_of) exchangers(name, why);
    }

    void exchangers(const std::string& name, const std::string& why)
    {
        const auto hosts = lookup_.mail_exchangers(name);
        if (!hosts) return note(name, hosts.error());
        for (const std::string& one : *hosts) host(one, why);
    }

    void host(const std::string& name, const std::string& why)
    {
        if (name != domain_) result_.proposals.push_back({name, why});
        const auto addresses = lookup_.addresses(name);
        if (!addresses) return note(name, addresses.error());
        for (const auto& address : *addresses)
            result_.proposals.push_back({address.text(), why + ", address of " + name});
    }

    void note(const std::string& name, const mail::Error& error)
    {
        result_.failures.push_back(name + " could not be resolved: " + error.describe());
    }

    std::string domain_;
    mail::dns::Lookup& lookup_;
    DomainProposals result_;
};

}  // namespace

std::vector<Account> accounts()
{
    std::vector<Account> all;
    ::setpwent();
    while (const passwd* entry = ::getpwent())
        all.push_back({entry->pw_name, entry->pw_uid, entry->pw_dir});
    ::endpwent();
    return all;
}

std::vector<Proposal> home_proposals(const std::vector<Account>& accounts)
{
    std::vector<Proposal> proposals;
    for (const Account& account : accounts) {
        const bool is_person = account.uid >= kFirstPerson && account.uid != kNobody;
        const bool says_something = account.home.size() > 1 && account.home.starts_with('/') &&
                                    account.home != "/nonexistent";
        if ((is_person || account.name == "www-data") && says_something)
            proposals.push_back({account.home, "home directory of " + account.name});
    }
    return proposals;
}

DomainProposals domain_proposals(const std::string& domain, mail::dns::Lookup& lookup)
{
    return DomainQuestions(domain, lookup).all();
}

std::vector<Proposal> new_ones(const std::vector<Proposal>& proposals, const OriginValues& known)
{
    std::vector<Proposal> fresh;
    std::set<std::string> seen;
    for (const Proposal& proposal : proposals) {
        const auto value = mail::privacy::parse_origin_value(proposal.value);
        if (!value || !seen.insert(value->value).second) continue;
        const bool is_known = std::any_of(
            known.all().begin(), known.all().end(), [&](const mail::privacy::OriginValue& one) {
                return one.kind == value->kind && one.value == value->value;
            });
        if (!is_known && !known.matches_host(value->value)) fresh.push_back(proposal);
    }
    return fresh;
}

}  // namespace postmaster
