/// The spool id: a UUIDv7 (RFC 9562 5.7) written as 32 hex digits. It sorts by time and says
/// nothing else. Records of the original PostOffice carry a UUIDv4 instead; those ids sort by
/// chance.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"

namespace mail
{

class SpoolId
{
public:
    SpoolId() = default;

    /// A new id: milliseconds of `now`, then 74 random bits of the kernel's.
    static SpoolId generate(WallTime now);
    /// The same id for the same two, for ever: milliseconds of `time`, then 74 bits of the digest.
    /// digest  hex digits, at least 20, of all that tells this mail from others
    static SpoolId derived(WallTime time, std::string_view digest);
    /// Exactly 32 lower-case hex digits, else nothing. Safe to put into a path afterwards.
    static std::optional<SpoolId> parse(std::string_view hex);

    std::string hex() const;
    /// The milliseconds since 1970 of a UUIDv7; nothing for other versions.
    std::optional<std::uint64_t> unix_milliseconds() const;

    auto operator<=>(const SpoolId&) const = default;

    struct Hash {
        std::size_t operator()(const SpoolId& id) const noexcept;
    };

private:
    void put_time(WallTime time);
    std::array<unsigned char, 16> bytes_{};
};

}  // namespace mail
