/// `postman check --dns`: does the public DNS of a sending domain name the origin? Mail that is
/// clean helps nobody whose SPF record gives the server's address.
#pragma once

#include <string>
#include <vector>

#include "common/dns/lookup.h"
#include "common/privacy/origin_values.h"

namespace postman
{

/// One thing that the DNS says of the domain.
struct DnsFact {
    std::string record;  // "A", "MX", "SPF", "DMARC"
    std::string text;    // "mail.example.org 192.0.2.10", "ip4:192.0.2.0/24"
    std::string shows;   // the origin value that anybody can read from it; empty: none
};

struct DnsReport {
    std::vector<DnsFact> facts;
    std::vector<std::string> failures;  // what could not be asked; the answer is open then
    [[nodiscard]] bool shows_origin() const;
};

/// Names of an SPF record that are followed, as includes nest; RFC 7208 4.6.4 allows 10.
inline constexpr std::size_t kMostSpfNames = 50;

/// Asks for addresses, MX, SPF (with what it includes) and DMARC's report addresses.
/// blocks  for the answers
[[nodiscard]] DnsReport check_domain(const std::string& domain,
                                     const mail::privacy::OriginValues& origin,
                                     mail::dns::Lookup& lookup);

}  // namespace postman
