/// Sixteen octets at a time, without naming a processor: GCC's and clang's vectors become SSE2 on
/// amd64 and NEON on arm64.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mail::privacy
{

using Octets = std::uint8_t __attribute__((vector_size(16)));
inline constexpr std::size_t kOctets = sizeof(Octets);

inline Octets load_octets(const char* from) noexcept
{
    Octets octets;
    std::memcpy(&octets, from, sizeof octets);
    return octets;
}

/// 0xFF where the octet lies in first..last, else 0.
inline Octets octets_between(Octets octets, std::uint8_t first, std::uint8_t last) noexcept
{
    return (Octets)(octets - first <= static_cast<std::uint8_t>(last - first));
}

/// 0xFF where the octet is this one, else 0.
inline Octets octets_equal(Octets octets, std::uint8_t value) noexcept
{
    return (Octets)(octets == value);
}

/// One bit for each octet that is 0xFF; the others are 0.
inline std::uint64_t bits_of(Octets truth) noexcept
{
#if defined(__SSE2__)
    __m128i vector;
    std::memcpy(&vector, &truth, sizeof vector);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(vector));
#else
    std::uint64_t halves[2];
    truth &= 1;
    std::memcpy(halves, &truth, sizeof halves);
    constexpr std::uint64_t kGather = 0x0102040810204080;  // little-endian: octet i to bit 56 + i
    return (halves[0] * kGather >> 56) | (halves[1] * kGather >> 56 << 8);
#endif
}

}  // namespace mail::privacy
