#include "common/privacy/base64_alignments.h"

#include <algorithm>
#include <cstdint>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kGroup = 4;
constexpr std::size_t kShortestLine = 60;
constexpr std::size_t kLongestLine = 80;
constexpr std::size_t kMostBefore = 60;  // characters decoded before the text's group
constexpr std::size_t kMostAfter = 32;   // octets decoded behind the text
static_assert(kBase64Context >= kMostBefore + kGroup + kLongestLine + 4);  // two line ends
// Where in its group the first character stands that holds nothing of what comes before the text.
constexpr std::size_t kFirstOfCore[] = {0, 2, 3};

int sextet_of(char given)
{
    const char c = in_first_alphabet(given);
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (is_digit(c)) return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

/// Encoders break lines at 60 to 80 characters; what stands behind another line is another text.
bool is_wrapped_at(std::string_view text, std::size_t line_end)
{
    auto end = line_end;
    while (end > 0 && is_line_end(text[end - 1])) --end;
    auto begin = end;
    while (begin > 0 && end - begin <= kLongestLine && sextet_of(text[begin - 1]) >= 0) --begin;
    const auto size = end - begin;
    return size >= kShortestLine && size <= kLongestLine &&
           (begin == 0 || is_line_end(text[begin - 1]));
}

struct Groups {
    std::size_t begin = 0;
    std::size_t count = 0;
};

/// The whole groups before `end`, over the ends of lines that an encoder broke.
Groups groups_before(std::string_view text, std::size_t end)
{
    Groups groups{end, 0};
    std::size_t characters = 0;
    for (auto at = end; at-- > 0 && end - at <= kMostBefore;) {
        if (is_line_end(text[at])) {
            if (!is_wrapped_at(text, at)) break;
        } else if (sextet_of(text[at]) < 0) {
            break;
        } else if (++characters % kGroup == 0) {
            groups = {at, characters / kGroup};
        }
    }
    return groups;
}

}  // namespace

std::string base64_core(std::string_view text, unsigned alignment)
{
    std::string core;
    const std::size_t bits = text.size() * 8;
    constexpr unsigned kSkipped[] = {0, 4, 2};  // bits of the text in a character shared
    for (std::size_t at = kSkipped[alignment]; at + 6 <= bits; at += 6) {
        const auto octet = [&](std::size_t i) {
            return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
        };
        const auto pair = octet(at / 8) << 8 | octet(at / 8 + 1);
        core.push_back(kAlphabet[pair >> (10 - at % 8) & 0x3F]);
    }
    return core;
}

DecodedAround decoded_around(std::string_view text, std::size_t core_begin, std::size_t text_size,
                             unsigned alignment)
{
    DecodedAround around;
    const auto before_core = kFirstOfCore[alignment];
    if (core_begin < before_core) return around;
    const auto group = core_begin - before_core;
    for (auto at = group; at < core_begin; ++at) {
        if (sextet_of(text[at]) < 0) return around;
    }
    const auto [begin, groups] = groups_before(text, group);
    around.is_whole = true;
    around.at = groups * 3 + alignment;
    const auto wanted = around.at + text_size + kMostAfter;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (auto at = begin; at < text.size() && around.octets.size() < wanted; ++at) {
        if (is_line_end(text[at]) && is_wrapped_at(text, at)) continue;
        const int sextet = sextet_of(text[at]);
        if (sextet < 0) break;
        bits = bits << 6 | static_cast<unsigned>(sextet);
        count += 6;
        if (count >= 8) around.octets.push_back(static_cast<char>(bits >> (count -= 8)));
    }
    return around;
}

}  // namespace mail::privacy
