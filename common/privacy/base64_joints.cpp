#include "common/privacy/base64_joints.h"

#include <algorithm>
#include <array>

#include "common/privacy/ascii.h"
#include "common/privacy/base64_alignments.h"
#include "common/privacy/word_borders.h"

namespace mail::privacy
{
namespace
{

/// Words at the end of a line are shorter, lines of base64 longer.
constexpr std::size_t kFewestBefore = 16;
constexpr std::size_t kMostIndent = 8;

constexpr std::array<bool, 256> kIsBase64 = [] {
    std::array<bool, 256> table{};
    for (unsigned i = 0; i < 256; ++i) {
        const char c = in_first_alphabet(static_cast<char>(i));
        table[i] = is_alphanumeric(c) || c == '+' || c == '/';
    }
    return table;
}();

bool is_base64(char c)
{
    return kIsBase64[static_cast<unsigned char>(c)];
}

}  // namespace

bool join_base64(std::string_view text, std::size_t line_feed, std::size_t most, Base64Joint& joint)
{
    auto end = line_feed;
    if (end > 0 && text[end - 1] == '\r') --end;
    if (end < kFewestBefore) return false;
    const auto last = text.substr(end - kFewestBefore, kFewestBefore);
    if (!std::all_of(last.rbegin(), last.rend(), is_base64)) return false;

    auto second = line_feed + 1;
    const auto indented = std::min(text.size(), second + kMostIndent);
    while (second < indented && (is_blank(text[second]) || text[second] == '>')) ++second;
    if (second >= text.size() || !is_base64(text[second])) return false;

    joint.first = end - std::min(end, most);
    joint.second = second;
    joint.at = end - joint.first;
    joint.text.assign(text, joint.first, joint.at);
    joint.text.append(text, second, most);
    return true;
}

}  // namespace mail::privacy
