/// Who is at the other end of a connection.
#pragma once

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

namespace postoffice
{

struct Peer {
    std::optional<boost::asio::ip::address> address;  // none: a unix socket

    /// On this host, so that nobody can listen on the way.
    bool is_local() const
    {
        if (!address || address->is_loopback()) return true;
        return address->is_v6() && address->to_v6().is_v4_mapped() &&
               boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address->to_v6())
                   .is_loopback();
    }
    /// What belongs to one host: an IPv4 address, an IPv6 /64.
    std::string network() const
    {
        if (!address || address->is_v4() || address->to_v6().is_v4_mapped()) return text();
        auto octets = address->to_v6().to_bytes();
        std::fill(octets.begin() + 8, octets.end(), static_cast<unsigned char>(0));
        return boost::asio::ip::make_address_v6(octets).to_string();
    }
    std::string text() const { return address ? address->to_string() : "unix"; }
};

}  // namespace postoffice
