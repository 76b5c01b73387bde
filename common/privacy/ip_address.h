/// IP addresses and networks as values, and where a text holds one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mail::privacy
{

/// IPv4 or IPv6; an IPv4-mapped IPv6 address (::ffff:192.0.2.1) is the IPv4 one.
struct IpAddress {
    std::array<std::uint8_t, 16> octets{};  // IPv4 in its mapped form
    bool operator==(const IpAddress&) const = default;

    /// Dotted decimal or RFC 4291 text, also as an address literal: `[192.0.2.1]`,
    /// `[IPv6:2001:db8::1]`.
    static std::optional<IpAddress> parse(std::string_view text);
    [[nodiscard]] bool is_v4() const;
    /// As inet_ntop(3) writes it.
    [[nodiscard]] std::string text() const;
};

/// `192.0.2.0/24`, `2001:db8::/32`.
struct IpNetwork {
    IpAddress base;
    unsigned prefix_bits = 128;  // of the 16 octets

    /// errors  none where it is no CIDR; a prefix of 0 bits is none
    static std::optional<IpNetwork> parse(std::string_view text);
    [[nodiscard]] bool contains(const IpAddress& address) const;
};

/// Does an address stand in the text, as a word of its own? One inside a longer dotted number
/// (`10.0.0.53.1`) or word (`Foo::Bar`) does not.
[[nodiscard]] bool holds_ip_literal(std::string_view text);

/// Does a host name carry an address, as providers name their machines: `ip-10-0-0-5`,
/// `5.0.0.10.static`?
[[nodiscard]] bool holds_dashed_address(std::string_view host);

}  // namespace mail::privacy
