#include "postmaster/origin_command.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/clock.h"
#include "common/dns/resolver.h"
#include "common/privacy/ascii.h"
#include "postmaster/gate_report.h"
#include "postmaster/origin_list.h"
#include "postmaster/origin_proposals.h"
#include "postmaster/privacy_rules.h"
#include "postmaster/spool_owner.h"
#include "postmaster/verdict.h"

namespace postmaster
{
namespace
{

void complain(const std::string& sentence)
{
    std::cerr << "postmaster: " << shown(sentence) << "\n";
}

/// The lines of postmaster.conf that the gate's report asks for.
int print_suggestions(const Settings& settings, const mail::privacy::ScrubRules& rules,
                      bool as_json)
{
    if (auto ok = become_owner_of(settings.spool); !ok) {
        complain(ok.error().describe());
        return mail::kExitTemporary;
    }
    const auto entries = read_gate_report(mail::SpoolLayout(settings.spool));
    if (!entries) {
        complain(entries.error().describe());
        return mail::kExitTemporary;
    }
    const auto since = mail::rfc3339(mail::system_clock().wall() - kSuggestionWindow);
    const auto lines = suggestions(entries_since(*entries, since), settings.public_domain, rules);
    if (lines.empty() && !as_json)
        std::puts(
            "# The gate's report of the last 24 hours asks for nothing. (It is written with "
            "--gate report.)");
    for (const Suggestion& one : lines) {
        if (as_json)
            std::puts(json_line({{"line", one.line}, {"mails", one.mails}}).c_str());
        else
            std::printf("%s  # %zu %s\n", shown(one.line).c_str(), one.mails,
                        one.mails == 1 ? "mail" : "mails");
    }
    return 0;
}

/// Homes, and what the DNS says of the domains. Nothing where the resolver cannot be had.
std::optional<DomainProposals> propose(const CommandLine& command)
{
    DomainProposals all{home_proposals(accounts()), {}};
    if (command.domains.empty()) return all;
    auto resolver = mail::dns::Resolver::open(command.resolver);
    if (!resolver) {
        complain(resolver.error().describe());
        return std::nullopt;
    }
    for (const std::string& domain : command.domains) {
        DomainProposals more = domain_proposals(mail::privacy::lowered(domain), **resolver);
        all.proposals.insert(all.proposals.end(), more.proposals.begin(), more.proposals.end());
        all.failures.insert(all.failures.end(), more.failures.begin(), more.failures.end());
    }
    return all;
}

void print_json(const PrivacyRules& rules, const std::vector<Proposal>& proposals)
{
    for (const Json& one : origin_json(*rules.inspection.search, rules.left_out))
        std::puts(json_line(one).c_str());
    for (const Proposal& one : proposals)
        std::puts(
            json_line({{"value", one.value}, {"source", "proposed"}, {"why", one.why}}).c_str());
}

void print_text(const PrivacyRules& rules, const std::vector<Proposal>& proposals)
{
    const Style style{wants_colour(STDOUT_FILENO)};
    std::string text = origin_text(*rules.inspection.search, rules.left_out, style);
    if (!proposals.empty()) text += style.toned("may belong there, too", Tone::strong) + "\n";
    std::vector<std::vector<std::string>> rows;
    for (const Proposal& one : proposals)
        rows.push_back({"  origin = " + shown(one.value), "# " + shown(one.why)});
    std::fputs((text + table_of(rows)).c_str(), stdout);
}

}  // namespace

int run_origin(const CommandLine& command, const Settings& settings)
{
    const auto rules = privacy_rules(settings, "postmaster origin");
    if (!rules) {
        complain(rules.error().describe());
        return mail::kExitConfiguration;
    }
    if (command.suggest) return print_suggestions(settings, rules->inspection.scrub, command.json);
    const auto proposed = propose(command);
    if (!proposed) return mail::kExitUsage;
    const auto proposals = new_ones(proposed->proposals, rules->inspection.search->values());
    if (command.json)
        print_json(*rules, proposals);
    else
        print_text(*rules, proposals);
    for (const std::string& failure : proposed->failures) complain(failure);
    return 0;
}

}  // namespace postmaster
