/// What an operator may want to put on the list of what must not show: what this machine's users
/// and the public DNS of his domains give away. He decides; nothing of it is looked for by itself.
#pragma once

#include <string>
#include <vector>

#include "common/dns/lookup.h"
#include "common/privacy/origin_values.h"

namespace postmaster
{

struct Proposal {
    std::string value;  // as --origin takes it
    std::string why;    // "home directory of ann", "MX of example.org"
    bool operator==(const Proposal&) const = default;
};

struct Account {
    std::string name;
    unsigned uid = 0;
    std::string home;
};

/// All of the passwd database. Blocks for it.
[[nodiscard]] std::vector<Account> accounts();

/// The home directories of people (uid 1000 and more) and of www-data. Pure.
[[nodiscard]] std::vector<Proposal> home_proposals(const std::vector<Account>& accounts);

struct DomainProposals {
    std::vector<Proposal> proposals;
    std::vector<std::string> failures;  // what no name server answered
};

/// The hosts that a domain's MX and SPF records name, and their addresses. What an SPF record
/// includes belongs to others and is not followed. blocks  for the answers
[[nodiscard]] DomainProposals domain_proposals(const std::string& domain,
                                               mail::dns::Lookup& lookup);

/// Without those that are looked for already, each value once.
[[nodiscard]] std::vector<Proposal> new_ones(const std::vector<Proposal>& proposals,
                                             const mail::privacy::OriginValues& known);

}  // namespace postmaster
