#include <algorithm>
#include <map>
#include <set>

#include "common/privacy/ascii.h"
#include "postmaster/gate_report.h"

namespace postmaster
{
using mail::privacy::ScrubRules;

namespace
{

constexpr std::size_t kSendersForOneDomain = 3;
constexpr std::string_view kNoDomainYet = "<your domain>";

/// May stand in a configuration file, and be shown: the report's bytes come from mails.
bool is_plain(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return mail::privacy::is_letter(c) || mail::privacy::is_digit(c) ||
               std::string_view("._-+/:*@!~%&=$").find(c) != std::string_view::npos;
    });
}

struct Address {
    std::string local;
    std::string domain;  // lower case; empty: unqualified
};

Address split(std::string_view address)
{
    const auto at = address.rfind('@');
    if (at == address.npos) return {std::string(address), ""};
    return {std::string(address.substr(0, at)), mail::privacy::lowered(address.substr(at + 1))};
}

/// The senders of one domain, and the mails (by their place in the report) that each is in.
struct DomainSenders {
    struct Sender {
        std::set<std::size_t> mails;
        bool local_part_shows = false;
    };
    std::map<std::string, Sender> by_local;
    std::set<std::size_t> mails;

    bool is_for_one_line() const
    {
        return by_local.size() >= kSendersForOneDomain ||
               std::any_of(by_local.begin(), by_local.end(), [](const auto& one) {
                   return one.first.find_first_of("=+") != std::string::npos;
               });
    }
};

class Suggesting
{
public:
    Suggesting(std::string_view public_domain, const ScrubRules& rules)
        : public_domain_(public_domain.empty() ? kNoDomainYet : public_domain), rules_(rules)
    {
    }

    void take(const GateReportEntry& entry, std::size_t mail)
    {
        for (const ReportedAddress& one : entry.addresses) take_address(one, mail);
        for (const ReportedValue& one : entry.values) take_value(one, mail);
    }

    std::vector<Suggestion> all()
    {
        for (const auto& [domain, senders] : domains_) suggest_for(domain, senders);
        std::vector<Suggestion> result;
        for (const auto& [line, mails] : lines_) result.push_back({line, mails.size()});
        std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
            if (a.mails != b.mails) return a.mails > b.mails;
            return b.line.starts_with('#') && !a.line.starts_with('#');
        });
        return result;
    }

private:
    void take_address(const ReportedAddress& reported, std::size_t mail)
    {
        if (!is_plain(reported.address) || rules_.senders.mapped(reported.address)) return;
        const Address address = split(reported.address);
        DomainSenders& senders = domains_[address.domain];
        senders.mails.insert(mail);
        auto& sender = senders.by_local[address.local];
        sender.mails.insert(mail);
        sender.local_part_shows |= reported.local_part_shows;
    }

    /// The operator's word over what was learned; what he has named, no line can help.
    void take_value(const ReportedValue& reported, std::size_t mail)
    {
        if (!is_plain(reported.value) || reported.learned == is_named(reported.value)) return;
        const std::string place = is_plain(reported.place) ? reported.place : "a header";
        lines_[reported.learned ? "origin = " + reported.value
                                : "# " + reported.value + " in " + place +
                                      ": held, unless the "
                                      "application stops saying it"]
            .insert(mail);
    }

    bool is_named(std::string_view option) const
    {
        const auto value = mail::privacy::parse_origin_value(option);
        const auto& all = rules_.origin.all();
        return value && std::any_of(all.begin(), all.end(), [&](const auto& one) {
                   return !one.learned && one.kind == value->kind && one.value == value->value;
               });
    }

    void suggest_for(const std::string& domain, const DomainSenders& senders)
    {
        if (senders.is_for_one_line()) {
            lines_[domain.empty() ? "default-domain = " + public_domain_
                                  : "rewrite = @" + domain + "=@" + public_domain_] = senders.mails;
            return;
        }
        for (const auto& [local, sender] : senders.by_local) {
            const std::string at_domain = domain.empty() ? "" : "@" + domain;
            const std::string new_local = sender.local_part_shows ? "app" : local;
            lines_["rewrite = " + local + at_domain + "=" + new_local + "@" + public_domain_] =
                sender.mails;
        }
    }

    std::string public_domain_;
    const ScrubRules& rules_;
    std::map<std::string, DomainSenders> domains_;
    std::map<std::string, std::set<std::size_t>> lines_;
};

}  // namespace

std::vector<Suggestion> suggestions(const std::vector<GateReportEntry>& entries,
                                    std::string_view public_domain, const ScrubRules& rules)
{
    Suggesting suggesting(public_domain, rules);
    for (std::size_t i = 0; i < entries.size(); ++i) suggesting.take(entries[i], i);
    return suggesting.all();
}

std::vector<GateReportEntry> entries_since(std::vector<GateReportEntry> entries,
                                           std::string_view since)
{
    std::erase_if(entries, [&](const auto& entry) { return entry.time < since; });
    return entries;
}

}  // namespace postmaster
