/// A few characters of a text for people to see: what was found, and what stands around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mail::privacy
{

inline constexpr std::size_t kExcerptSize = 80;  // octets of the text

/// The octets from which an excerpt is made: [begin, end) and as much on both sides as has room.
struct ExcerptRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};
[[nodiscard]] ExcerptRange excerpt_around(std::uint64_t begin, std::uint64_t end);

/// Valid UTF-8 without control characters, whatever is given: for a terminal, a log, JSON. A
/// character that is cut at either end is left out.
[[nodiscard]] std::string shown(std::string_view octets);

}  // namespace mail::privacy
