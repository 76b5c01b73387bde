/// The operator's map of addresses: `www-data@web1.internal=app@example.org`. Goes over the
/// envelope sender and the address fields.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace mail::privacy
{

class SenderMap
{
public:
    /// One `--rewrite OLD=NEW`. OLD is an address, `@domain`, `@.suffix` (what is under it), or a
    /// local part alone (unqualified); NEW an address, or `@domain`, which keeps the local part
    /// (VERP, SRS, BATV: bounces are told apart by it). Where OLD is a domain and NEW an address,
    /// a local part with `+`, `=` or an SRS or BATV mark is kept all the same.
    /// errors  malformed: with what is wrong with it, or rewritten to something else already
    [[nodiscard]] Result<Done> add(std::string_view rule);
    /// Once all are there: rules do not go on from one to the next, so a new side that another rule
    /// would make something else of is a mistake.
    /// errors  malformed: with both
    [[nodiscard]] Result<Done> check() const;
    /// `--default-domain NAME`: what unqualified addresses get. Applied after the rules.
    void set_default_domain(std::string domain) { default_domain_ = std::move(domain); }

    /// What stands in the address's place; none where it stays, as the null sender does. The most
    /// exact rule goes first: address, domain, longest suffix. Domains without case, local parts
    /// with it, and without the quotes they may stand in. What a rule gives is not mapped again.
    [[nodiscard]] std::optional<std::string> mapped(std::string_view address) const;

    /// The body of an address field with each mapped address replaced; display names, comments,
    /// groups, folding stay byte for byte. None where nothing changed.
    [[nodiscard]] std::optional<std::string> rewritten(std::string_view field_body) const;

    /// All NEW sides: `app@example.org`, `@example.org`.
    [[nodiscard]] std::vector<std::string> new_addresses() const;
    /// The domains of all NEW sides, in lower case: public by the operator's word.
    [[nodiscard]] std::vector<std::string> public_domains() const;
    [[nodiscard]] bool is_empty() const { return rules_.empty() && default_domain_.empty(); }

private:
    struct Rule {
        std::string old_address;  // domain in lower case
        std::string new_address;
    };
    std::vector<Rule> rules_;  // in order of the old addresses
    std::string default_domain_;
};

}  // namespace mail::privacy
