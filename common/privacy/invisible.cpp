#include "common/privacy/invisible.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mail::privacy
{
namespace
{

bool is_between(char32_t character, char32_t first, char32_t last)
{
    return character >= first && character <= last;
}

/// Characters one after the other that stand for those of `ascii`, over and over.
struct Range {
    char32_t first;
    char32_t last;
    std::string_view ascii;
};

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kVisible =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz"
    "{|}~";

constexpr std::array<Range, 9> kRanges = {{
    {0xFF01, 0xFF5E, kVisible},     // full width
    {0x24B6, 0x24E9, kLetters},     // circled
    {0x2460, 0x2468, "123456789"},  // circled
    {0x2074, 0x2079, "456789"},     // raised
    {0x2080, 0x2089, kDigits},      // lowered
    {0x210B, 0x210D, "H"},          // of formulas
    {0x1D400, 0x1D6A3, kLetters},   // of formulas: bold, italic, …
    {0x1D7CE, 0x1D7FF, kDigits},    // likewise
    {0x1FBF0, 0x1FBF9, kDigits},    // of seven segments
}};

// clang-format off
constexpr std::array<std::pair<char32_t, char>, 53> kSingles = {{
    {0x3002, '.'}, {0xFF61, '.'}, {0xFE52, '.'}, {0x2024, '.'}, {0xFE55, ':'}, {0xFE68, '\\'},
    {0xFE6B, '@'}, {0xAA, 'a'}, {0xB2, '2'}, {0xB3, '3'}, {0xB9, '1'}, {0xBA, 'o'}, {0x2070, '0'},
    {0x2071, 'i'}, {0x207F, 'n'}, {0x24EA, '0'}, {0x2102, 'C'}, {0x210A, 'g'}, {0x210E, 'h'},
    {0x2110, 'I'}, {0x2111, 'I'}, {0x2112, 'L'}, {0x2113, 'l'}, {0x2115, 'N'}, {0x2119, 'P'},
    {0x211A, 'Q'}, {0x211B, 'R'}, {0x211C, 'R'}, {0x211D, 'R'}, {0x2124, 'Z'}, {0x212A, 'K'},
    {0x212C, 'B'}, {0x212D, 'C'}, {0x212F, 'e'}, {0x2130, 'E'}, {0x2131, 'F'}, {0x2133, 'M'},
    {0x2134, 'o'}, {0x2139, 'i'}, {0x2160, 'I'}, {0x2164, 'V'}, {0x2169, 'X'}, {0x216C, 'L'},
    {0x216D, 'C'}, {0x216E, 'D'}, {0x216F, 'M'}, {0x2170, 'i'}, {0x2174, 'v'}, {0x2179, 'x'},
    {0x217C, 'l'}, {0x217D, 'c'}, {0x217E, 'd'}, {0x217F, 'm'},
}};
// clang-format on

}  // namespace

bool is_invisible(char32_t character) noexcept
{
    return character == 0xAD ||                      // soft hyphen
           character == 0x34F ||                     // grapheme joiner
           character == 0x61C ||                     // Arabic letter mark
           is_between(character, 0x180B, 0x180F) ||  // Mongolian separators
           is_between(character, 0x200B, 0x200F) ||  // zero-width space, joiners, direction
           is_between(character, 0x202A, 0x202E) ||  // embeddings
           is_between(character, 0x2060, 0x206F) ||  // word joiner, invisible operators
           is_between(character, 0xFE00, 0xFE0F) ||  // variation selectors
           character == 0xFEFF ||                    // byte order mark
           is_between(character, 0xE0000, 0xE01EF);  // tags, more variation selectors
}

bool is_other_hyphen(char32_t character) noexcept
{
    return character == 0x2010 || character == 0x2011;
}

char ascii_for(char32_t character) noexcept
{
    for (const auto& range : kRanges) {
        if (!is_between(character, range.first, range.last)) continue;
        const auto place = (character - range.first) % range.ascii.size();
        return range.ascii[place];
    }
    for (const auto& [other, ascii] : kSingles) {
        if (other == character) return ascii;
    }
    return '\0';
}

Utf8Character long_character_at(std::string_view text) noexcept
{
    const auto octet = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto is_rest = [&](std::size_t i) { return (octet(i) & 0xC0) == 0x80; };
    const auto rest = [&](std::size_t i) { return static_cast<char32_t>(octet(i) & 0x3F); };
    if ((octet(0) & 0xE0) == 0xC0 && is_rest(1)) return {(octet(0) & 0x1F) << 6 | rest(1), 2};
    if ((octet(0) & 0xF0) == 0xE0 && is_rest(1) && is_rest(2))
        return {(octet(0) & 0x0F) << 12 | rest(1) << 6 | rest(2), 3};
    if ((octet(0) & 0xF8) == 0xF0 && is_rest(1) && is_rest(2) && is_rest(3))
        return {(octet(0) & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4};
    return {};
}

std::string as_shown(std::string_view text)
{
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && !may_begin_other_look(text[plain])) ++plain;
        shown.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto found = long_character_at(text);
        const auto size = std::max<std::size_t>(found.size, 1);
        const char ascii = is_other_hyphen(found.character) ? '-' : ascii_for(found.character);
        if (ascii != '\0') {
            shown.push_back(ascii);
        } else if (text.front() != '\0' && !is_invisible(found.character)) {
            shown.append(text.substr(0, size));
        }
        text.remove_prefix(size);
    }
    return shown;
}

}  // namespace mail::privacy
