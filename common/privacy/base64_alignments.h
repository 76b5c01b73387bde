/// A text inside base64: in each of the three ways in which it can lie over the groups of four
/// characters (RFC 4648 section 4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail::privacy
{

/// The characters that stand for the text alone, when `alignment` octets (0 to 2) stand before it
/// in its first group. In the alphabet with `+` and `/`.
[[nodiscard]] std::string base64_core(std::string_view text, unsigned alignment);

/// Of either alphabet (RFC 4648 4, 5) to the one with `+` and `/`.
constexpr char in_first_alphabet(char c) noexcept
{
    return c == '-' ? '+' : c == '_' ? '/' : c;
}

/// What the base64 around a core says.
struct DecodedAround {
    std::string octets;
    std::size_t at = 0;     // where the text begins in them
    bool is_whole = false;  // false: the group that the text begins in is not all there
};

/// `core_begin` is where a core of this alignment was found; some 40 octets before and after its
/// text are decoded, over line ends too where an encoder broke the lines.
[[nodiscard]] DecodedAround decoded_around(std::string_view text, std::size_t core_begin,
                                           std::size_t text_size, unsigned alignment);
/// So many characters on either side of the core are read for that, at most.
inline constexpr std::size_t kBase64Context = 160;

}  // namespace mail::privacy
