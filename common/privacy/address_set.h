/// The origin's addresses and networks: to which of them does an address belong?
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/privacy/ip_address.h"

namespace mail::privacy
{

class AddressSet
{
public:
    /// Each network with the number of its value; an address is a network of all its bits.
    explicit AddressSet(const std::vector<std::pair<IpNetwork, std::uint32_t>>& networks);

    /// Calls `take(value, prefix_bits)` for each network that the address lies in.
    template <class Take>
    void for_each_of(const IpAddress& address, Take take) const
    {
        const auto bits = bits_of(address);
        for (const auto& [prefix_bits, mask, networks] : by_prefix_) {
            const Network wanted{bits & mask, 0};
            auto each = std::lower_bound(networks.begin(), networks.end(), wanted);
            for (; each != networks.end() && each->base == wanted.base; ++each) {
                take(each->value, prefix_bits);
            }
        }
    }
    [[nodiscard]] bool is_empty() const { return by_prefix_.empty(); }

private:
    using Bits = unsigned __int128;
    struct Network {
        Bits base;
        std::uint32_t value;
        auto operator<=>(const Network&) const = default;
    };
    struct OfPrefix {
        unsigned prefix_bits;
        Bits mask;
        std::vector<Network> networks;  // in order
    };

    [[nodiscard]] static Bits bits_of(const IpAddress& address) noexcept;
    [[nodiscard]] OfPrefix& of_prefix(unsigned prefix_bits);

    std::vector<OfPrefix> by_prefix_;  // few: one for each length that a network has
};

}  // namespace mail::privacy
