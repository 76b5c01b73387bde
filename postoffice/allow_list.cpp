#include "postoffice/allow_list.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace postoffice
{
namespace
{

constexpr unsigned kMappedBits = 96;

struct Address {
    std::array<unsigned char, 16> octets{};
    bool is_v4 = false;
};

std::optional<Address> parse_address(std::string_view text)
{
    const std::string name(text);
    Address address;
    if (::inet_pton(AF_INET6, name.c_str(), address.octets.data()) == 1) return address;
    if (::inet_pton(AF_INET, name.c_str(), address.octets.data() + 12) != 1) return std::nullopt;
    address.octets[10] = address.octets[11] = 0xff;
    address.is_v4 = true;
    return address;
}

std::optional<unsigned> parse_prefix(std::string_view digits, unsigned most)
{
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits > most)
        return std::nullopt;
    return bits;
}

bool share_prefix(const std::array<unsigned char, 16>& a, const std::array<unsigned char, 16>& b,
                  unsigned bits)
{
    const unsigned whole = bits / 8;
    if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
    if (bits % 8 == 0) return true;
    const auto mask = static_cast<unsigned char>(0xff << (8 - bits % 8));
    return ((a[whole] ^ b[whole]) & mask) == 0;
}

}  // namespace

mail::Result<AllowList> AllowList::parse(const std::vector<std::string>& ranges)
{
    AllowList list;
    for (const std::string& text : ranges) {
        const auto slash = text.find('/');
        const auto address = parse_address(std::string_view(text).substr(0, slash));
        std::optional<unsigned> bits = 128;
        if (address && slash != std::string::npos) {
            const std::string_view digits = std::string_view(text).substr(slash + 1);
            bits = parse_prefix(digits, address->is_v4 ? 32 : 128);
            if (bits && address->is_v4) *bits += kMappedBits;
        }
        if (!address || !bits)
            return mail::Error{mail::ErrorKind::malformed,
                               "'" + text + "' is no address and no range such as 10.0.0.0/8"};
        list.ranges_.push_back({address->octets, *bits});
    }
    return list;
}

bool AllowList::contains(std::string_view address) const
{
    const auto parsed = parse_address(address);
    return parsed && std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
               return share_prefix(parsed->octets, range.network, range.prefix_bits);
           });
}

}  // namespace postoffice
