#include "common/privacy/excerpt.h"

#include <algorithm>

#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

bool is_continuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Without the rest of a character whose beginning was cut off (at most three octets).
std::string_view from_a_character(std::string_view octets)
{
    std::size_t begin = 0;
    while (begin < octets.size() && begin < 3 && is_continuation(octets[begin])) ++begin;
    return octets.substr(begin);
}

/// Without the beginning of a character whose rest was cut off.
std::string_view to_a_character(std::string_view octets)
{
    for (std::size_t back = 1; back <= 3 && back <= octets.size(); ++back) {
        const auto lead = static_cast<unsigned char>(octets[octets.size() - back]);
        if (lead < 0x80) return octets;
        if (lead < 0xC0) continue;
        const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        return size > back ? octets.substr(0, octets.size() - back) : octets;
    }
    return octets;
}

/// C0, DEL and C1 (U+0080 to U+009F) make terminals do things.
std::string without_controls(std::string text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < ' ' || c == 0x7F) {
            text[i] = ' ';
        } else if (c == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
            text.replace(i, 2, " ");
        }
    }
    return text;
}

}  // namespace

ExcerptRange excerpt_around(std::uint64_t begin, std::uint64_t end)
{
    end = std::min<std::uint64_t>(end, begin + kExcerptSize);
    const auto room = kExcerptSize - (end - begin);
    const auto before = std::min<std::uint64_t>(room / 2, begin);
    return {begin - before, end + (room - before)};
}

std::string shown(std::string_view octets)
{
    return without_controls(repaired_utf8(to_a_character(from_a_character(octets))));
}

}  // namespace mail::privacy
