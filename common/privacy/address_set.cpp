#include "common/privacy/address_set.h"

namespace mail::privacy
{

AddressSet::AddressSet(const std::vector<std::pair<IpNetwork, std::uint32_t>>& networks)
{
    for (const auto& [network, value] : networks) {
        auto& same = of_prefix(network.prefix_bits);
        same.networks.push_back({bits_of(network.base) & same.mask, value});
    }
    for (auto& each : by_prefix_) std::sort(each.networks.begin(), each.networks.end());
}

AddressSet::Bits AddressSet::bits_of(const IpAddress& address) noexcept
{
    Bits bits = 0;
    for (const auto octet : address.octets) bits = bits << 8 | octet;
    return bits;
}

AddressSet::OfPrefix& AddressSet::of_prefix(unsigned prefix_bits)
{
    constexpr unsigned kAllBits = 128;
    const auto same = std::find_if(by_prefix_.begin(), by_prefix_.end(), [&](const OfPrefix& each) {
        return each.prefix_bits == prefix_bits;
    });
    if (same != by_prefix_.end()) return *same;
    by_prefix_.push_back({prefix_bits, ~Bits{0} << (kAllBits - prefix_bits), {}});
    return by_prefix_.back();
}

}  // namespace mail::privacy
