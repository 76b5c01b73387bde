/// Looking for a few octets, sixteen places at a time: faster than memmem(3) for short ones, and
/// than std::string_view where their first octet is frequent.
#pragma once

#include <bit>
#include <cstddef>
#include <string_view>

#include "common/privacy/octet_masks.h"

namespace mail::privacy
{

/// Where `sought`, of two octets or more, stands first from `at` on; npos where it does not.
inline std::size_t find_octets(std::string_view text, std::string_view sought, std::size_t at = 0)
{
    const auto last = sought.size() - 1;
    const auto first_octet = static_cast<std::uint8_t>(sought.front());
    const auto last_octet = static_cast<std::uint8_t>(sought.back());
    for (; at + kOctets + last <= text.size(); at += kOctets) {
        auto bits = bits_of(octets_equal(load_octets(text.data() + at), first_octet) &
                            octets_equal(load_octets(text.data() + at + last), last_octet));
        for (; bits != 0; bits &= bits - 1) {
            const auto place = at + static_cast<std::size_t>(std::countr_zero(bits));
            if (text.substr(place, sought.size()) == sought) return place;
        }
    }
    return text.find(sought, at);
}

}  // namespace mail::privacy
