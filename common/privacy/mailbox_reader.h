/// Where the addresses of an address field stand (RFC 5322 3.4), read as mail has them rather than
/// as they should be. Views into the bytes given; never fails, never recurses, takes linear time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mail::privacy
{

/// One address: its pieces as they stand. Comments and folding may be between them (RFC 5322 4.4).
struct MailboxSpan {
    std::vector<std::string_view> local;   // `www-data`, `"a b"`
    std::vector<std::string_view> domain;  // `web1.internal`, `[10.0.0.5]`; empty: unqualified

    /// Without what is between the pieces.
    [[nodiscard]] std::string text() const;
};

/// The addresses of a field's body: those in angle brackets and those that stand alone, in groups
/// too. Routes (`@a,@b:` in front), display names, comments and encoded words are none. A word that
/// stands alone is an unqualified address where nothing in the field has angle brackets: else it is
/// rather the half of a name (`Smith, Ann <ann@shop.example>`).
[[nodiscard]] std::vector<MailboxSpan> read_mailboxes(std::string_view field_body);

}  // namespace mail::privacy
