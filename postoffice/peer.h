/// Who is at the other end of a connection.
#pragma once

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
    std::string text() const { return address ? address->to_string() : "unix"; }
};

}  // namespace postoffice
