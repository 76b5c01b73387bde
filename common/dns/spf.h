/// SPF records (RFC 7208), read for the hosts and networks that they name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/ip_address.h"

namespace mail::dns
{

struct SpfTerm {
    enum class Kind { network, address_of, exchangers_of, include, exists, redirect, other };
    Kind kind = Kind::other;
    std::string text;                                // as it stands: "ip4:192.0.2.0/24"
    std::string domain;                              // lower case; empty: the domain asked for
    std::optional<privacy::IpNetwork> network = {};  // of Kind::network
};

/// The terms of a `v=spf1` record; none where it is another text. At most 200 are read. Terms that
/// are unsound come as Kind::other.
[[nodiscard]] std::optional<std::vector<SpfTerm>> parse_spf(std::string_view text);

}  // namespace mail::dns
