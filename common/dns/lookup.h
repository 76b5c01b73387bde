/// Questions to the DNS (RFC 1035), as much of it as mail needs. The seam between those who judge
/// the answers and the network.
#pragma once

#include <string>
#include <vector>

#include "common/privacy/ip_address.h"
#include "common/result.h"

namespace mail::dns
{

class Lookup
{
public:
    virtual ~Lookup() = default;

    // name    a host or domain name, ASCII
    // returns what there is; empty where the name or the type is not there
    // errors  malformed: no name of the DNS; temporary: no server answered
    // blocks  until an answer or the deadline

    /// A and AAAA.
    [[nodiscard]] virtual Result<std::vector<privacy::IpAddress>> addresses(
        const std::string& name) = 0;
    /// MX targets, the most preferred first, without the last dot; the null MX (RFC 7505) is none.
    [[nodiscard]] virtual Result<std::vector<std::string>> mail_exchangers(
        const std::string& domain) = 0;
    /// TXT, each with its strings joined (RFC 7208 3.3).
    [[nodiscard]] virtual Result<std::vector<std::string>> texts(const std::string& name) = 0;
};

}  // namespace mail::dns
