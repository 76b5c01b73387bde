/// Deflated data, unpacked within bounds, by zlib (RFC 1951, 1952).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail::privacy
{

enum class DeflateFormat { raw, gzip };

struct Inflated {
    std::string octets;        // as far as it went
    std::size_t read = 0;      // octets of the packed data
    bool is_whole = false;     // its end was reached
    bool is_too_much = false;  // a bound was reached
};

struct InflateBounds {
    std::size_t octets = 0;  // unpacked
    unsigned ratio = 0;      // unpacked to packed, above the first 64 KiB
};

/// The stream at the front of `packed`. Broken data ends it: what came before is there.
[[nodiscard]] Inflated inflate_front(std::string_view packed, DeflateFormat format,
                                     const InflateBounds& bounds);

}  // namespace mail::privacy
