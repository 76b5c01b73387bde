#include "common/privacy/sender_map.h"

#include <algorithm>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/mailbox_reader.h"

namespace mail::privacy
{
namespace
{

/// Where the `@` before the domain stands; npos where the address is unqualified.
std::size_t at_sign(std::string_view address)
{
    const auto at = address.rfind('@');
    const bool is_quoted = at != address.npos && address.ends_with('"');  // "a@b", a local part
    return is_quoted ? address.npos : at;
}

std::string_view local_part(std::string_view address)
{
    return address.substr(0, at_sign(address));
}

/// With its `@`; empty where there is none.
std::string_view at_domain(std::string_view address)
{
    const auto at = at_sign(address);
    return at == address.npos ? std::string_view() : address.substr(at);
}

/// `"www-data"` is `www-data` (RFC 5322 3.4.1).
std::string unquoted(std::string_view local)
{
    if (local.size() < 2 || local.front() != '"' || local.back() != '"') return std::string(local);
    std::string text;
    for (std::size_t i = 1; i + 1 < local.size(); ++i) {
        if (local[i] == '\\' && i + 2 < local.size()) ++i;
        text.push_back(local[i]);
    }
    return text;
}

/// As rules are compared: the local part without quotes, the domain in lower case and without the
/// root's dot.
std::string canonical(std::string_view address)
{
    auto domain = lowered(at_domain(address));
    if (domain.ends_with('.')) domain.pop_back();
    return unquoted(local_part(address)) + domain;
}

/// Bounces and tags are told apart by such a local part: VERP, SRS, BATV (`prvs=`), subaddresses.
bool carries_meaning(std::string_view local)
{
    if (local.find_first_of("+=") != local.npos) return true;
    const auto start = lowered(local.substr(0, 5));
    return start == "srs0-" || start == "srs1-";
}

bool is_label_byte(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || (c & 0x80) != 0;
}

bool is_domain(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']'))
        return text.find_first_of(" \t\r\n<>[],;@", 1) == text.size() - 1;
    if (text.empty() || text.front() == '.' || text.find("..") != text.npos) return false;
    return std::all_of(text.begin(), text.end(), is_label_byte);
}

/// A dot-atom, or a quoted string, of one line (RFC 5322 3.4.1); RFC 6531's characters too.
bool is_local_part(std::string_view text)
{
    const bool quoted = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
    return !text.empty() && std::none_of(text.begin(), text.end(), [&](char c) {
        const bool is_control = static_cast<unsigned char>(c) < ' ' || c == 0x7F;
        return is_control ||
               (!quoted && std::string_view(" <>()[]\\,;:@\"").find(c) != std::string_view::npos);
    });
}

/// Between OLD and NEW: the first `=` after the first `@`, or the first of all. A local part may
/// hold one, a domain cannot.
std::size_t separator(std::string_view rule)
{
    const auto first = rule.find('=');
    const auto at = rule.find('@');
    if (at == rule.npos || first == rule.npos) return first;
    const auto after_at = rule.find('=', at);
    return after_at == rule.npos ? first : after_at;
}

std::string_view fault_of_old(std::string_view old)
{
    const auto local = local_part(old);
    auto domain = at_domain(old);
    if (!local.empty() && !is_local_part(local)) return "the old local part is none";
    if (domain.empty()) return local.empty() ? "nothing to rewrite" : "";
    domain.remove_prefix(1);
    const bool is_suffix = local.empty() && domain.starts_with('.');
    return is_domain(is_suffix ? domain.substr(1) : domain) ? "" : "the old domain is none";
}

std::string_view fault_of_new(std::string_view address)
{
    const auto local = local_part(address);
    const auto domain = at_domain(address);
    if (domain.size() < 2 || !is_domain(domain.substr(1))) return "the new address has no domain";
    return local.empty() || is_local_part(local) ? "" : "the new local part is none";
}

/// What a rule of this old side makes of an address.
std::string applied(std::string_view old, std::string_view replacement, std::string_view address)
{
    const auto local = local_part(address);
    const bool is_for_domain = local_part(old).empty();
    const bool keeps_local =
        local_part(replacement).empty() || (is_for_domain && carries_meaning(unquoted(local)));
    return std::string(keeps_local ? local : local_part(replacement)) +
           std::string(at_domain(replacement));
}

/// `@web1.corp.example`, then `@.corp.example`, then `@.example`: from exact to far.
std::vector<std::string> ways_to_name(std::string_view canonical_address)
{
    std::vector<std::string> ways{std::string(canonical_address)};
    const auto domain = at_domain(canonical_address);
    if (domain.empty()) return ways;
    ways.emplace_back(domain);
    for (auto dot = domain.find('.'); dot != domain.npos; dot = domain.find('.', dot + 1))
        ways.push_back("@" + std::string(domain.substr(dot)));
    return ways;
}

/// `@relay,@other:user@domain` is `user@domain` (RFC 5321 appendix C).
std::string_view without_route(std::string_view address)
{
    const auto colon = address.starts_with('@') ? address.find(':') : address.npos;
    return colon == address.npos ? address : address.substr(colon + 1);
}

/// The rules lie in order, so that many of them cost little.
template <class Rules>
auto place_of(Rules& rules, std::string_view old_address)
{
    return std::lower_bound(
        rules.begin(), rules.end(), old_address,
        [](const auto& rule, std::string_view old) { return rule.old_address < old; });
}

/// Replaces pieces of a text, in order.
class Replacements
{
public:
    explicit Replacements(std::string_view text) : text_(text) {}

    /// The text in place of the first piece; the others go.
    void replace(const std::vector<std::string_view>& pieces, std::string_view text)
    {
        for (const auto piece : pieces) {
            const auto begin = static_cast<std::size_t>(piece.data() - text_.data());
            result_.append(text_.substr(copied_, begin - copied_)).append(text);
            copied_ = begin + piece.size();
            text = {};
        }
    }

    std::optional<std::string> taken()
    {
        if (copied_ == 0) return std::nullopt;
        return std::move(result_.append(text_.substr(copied_)));
    }

private:
    std::string_view text_;
    std::size_t copied_ = 0;
    std::string result_;
};

std::string text_of(const std::vector<std::string_view>& pieces)
{
    std::string text;
    for (const auto piece : pieces) text.append(piece);
    return text;
}

}  // namespace

Result<Done> SenderMap::add(std::string_view given)
{
    const auto rule = trimmed(given);
    const auto malformed = [&](std::string_view why) {
        return Error{ErrorKind::malformed,
                     "rewrite '" + std::string(given) + "': " + std::string(why)};
    };
    const auto equals = separator(rule);
    if (equals == rule.npos) return malformed("want OLD=NEW");
    std::string old(trimmed(rule.substr(0, equals)));
    if (old.starts_with("@*.")) old.erase(1, 1);
    const auto replacement = trimmed(rule.substr(equals + 1));
    if (const auto fault = fault_of_old(old); !fault.empty()) return malformed(fault);
    if (const auto fault = fault_of_new(replacement); !fault.empty()) return malformed(fault);
    old = canonical(old);
    const auto place = place_of(rules_, old);
    const bool is_known = place != rules_.end() && place->old_address == old;
    if (is_known && place->new_address != replacement)
        return malformed("rewritten to " + place->new_address + " already");
    if (!is_known) rules_.insert(place, {std::move(old), std::string(replacement)});
    return Done{};
}

Result<Done> SenderMap::check() const
{
    for (const auto& rule : rules_) {
        const auto other = mapped(rule.new_address);
        if (!other) continue;
        return Error{ErrorKind::malformed, rule.old_address + " becomes " + rule.new_address +
                                               ", which another rule rewrites to " + *other +
                                               "; rules do not go on from one to the next: give " +
                                               rule.old_address +
                                               " its last form, and take one of the two away"};
    }
    return Done{};
}

std::optional<std::string> SenderMap::mapped(std::string_view address) const
{
    address = without_route(address);
    if (address.empty()) return std::nullopt;  // the null sender
    const auto to = [&](std::string other) -> std::optional<std::string> {
        if (other == address) return std::nullopt;
        return other;
    };
    for (const auto& way : ways_to_name(canonical(address))) {
        const auto rule = place_of(rules_, way);
        if (rule != rules_.end() && rule->old_address == way)
            return to(applied(rule->old_address, rule->new_address, address));
    }
    if (default_domain_.empty() || !at_domain(address).empty()) return std::nullopt;
    return to(std::string(address) + "@" + default_domain_);
}

std::optional<std::string> SenderMap::rewritten(std::string_view field_body) const
{
    if (is_empty()) return std::nullopt;
    Replacements replacements(field_body);
    for (const auto& address : read_mailboxes(field_body)) {
        const auto other = mapped(address.text());
        if (!other) continue;
        const auto domain = at_domain(*other);
        if (address.domain.empty()) {
            replacements.replace(address.local, *other);
            continue;
        }
        if (local_part(*other) != text_of(address.local))
            replacements.replace(address.local, local_part(*other));
        replacements.replace(address.domain, domain.substr(1));
    }
    return replacements.taken();
}

std::vector<std::string> SenderMap::new_addresses() const
{
    std::vector<std::string> addresses;
    for (const auto& rule : rules_) addresses.push_back(rule.new_address);
    return addresses;
}

std::vector<std::string> SenderMap::public_domains() const
{
    std::vector<std::string> domains;
    for (const auto& rule : rules_)
        domains.push_back(lowered(at_domain(rule.new_address).substr(1)));
    std::sort(domains.begin(), domains.end());
    domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
    return domains;
}

}  // namespace mail::privacy
