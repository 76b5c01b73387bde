#include "common/privacy/html_references.h"

#include <algorithm>
#include <array>

#include "common/privacy/ascii.h"
#include "common/privacy/name_keys.h"

namespace mail::privacy
{
namespace
{

struct Named {
    std::string_view name;
    char32_t character;
    bool is_legacy;  // known without its semicolon, and in front of other letters
};

// Of HTML's names (WHATWG HTML 13.5) those of ASCII, of Latin letters, of hyphens and of what does
// not show. In the order of their names.
// clang-format off
constexpr std::array<Named, 129> kNamed = {{
    {"AElig", 0xC6, true}, {"AMP", 0x26, true}, {"Aacute", 0xC1, true}, {"Acirc", 0xC2, true},
    {"Agrave", 0xC0, true}, {"ApplyFunction", 0x2061, false}, {"Aring", 0xC5, true},
    {"Atilde", 0xC3, true}, {"Auml", 0xC4, true}, {"Ccedil", 0xC7, true},
    {"DiacriticalGrave", 0x60, false}, {"ETH", 0xD0, true}, {"Eacute", 0xC9, true},
    {"Ecirc", 0xCA, true}, {"Egrave", 0xC8, true}, {"Euml", 0xCB, true}, {"GT", 0x3E, true},
    {"Hat", 0x5E, false}, {"Iacute", 0xCD, true}, {"Icirc", 0xCE, true}, {"Igrave", 0xCC, true},
    {"InvisibleComma", 0x2063, false}, {"InvisibleTimes", 0x2062, false}, {"Iuml", 0xCF, true},
    {"LT", 0x3C, true}, {"NegativeMediumSpace", 0x200B, false},
    {"NegativeThickSpace", 0x200B, false}, {"NegativeThinSpace", 0x200B, false},
    {"NegativeVeryThinSpace", 0x200B, false}, {"NewLine", 0x0A, false},
    {"NoBreak", 0x2060, false}, {"NonBreakingSpace", 0xA0, false}, {"Ntilde", 0xD1, true},
    {"Oacute", 0xD3, true}, {"Ocirc", 0xD4, true}, {"Ograve", 0xD2, true}, {"Oslash", 0xD8, true},
    {"Otilde", 0xD5, true}, {"Ouml", 0xD6, true}, {"QUOT", 0x22, true}, {"THORN", 0xDE, true},
    {"Tab", 0x09, false}, {"Uacute", 0xDA, true}, {"Ucirc", 0xDB, true}, {"Ugrave", 0xD9, true},
    {"UnderBar", 0x5F, false}, {"Uuml", 0xDC, true}, {"VerticalLine", 0x7C, false},
    {"Yacute", 0xDD, true}, {"ZeroWidthSpace", 0x200B, false}, {"aacute", 0xE1, true},
    {"acirc", 0xE2, true}, {"aelig", 0xE6, true}, {"af", 0x2061, false}, {"agrave", 0xE0, true},
    {"amp", 0x26, true}, {"angst", 0xC5, false}, {"apos", 0x27, false}, {"aring", 0xE5, true},
    {"ast", 0x2A, false}, {"atilde", 0xE3, true}, {"auml", 0xE4, true}, {"bsol", 0x5C, false},
    {"ccedil", 0xE7, true}, {"colon", 0x3A, false}, {"comma", 0x2C, false},
    {"commat", 0x40, false}, {"dash", 0x2010, false}, {"dollar", 0x24, false},
    {"eacute", 0xE9, true}, {"ecirc", 0xEA, true}, {"egrave", 0xE8, true},
    {"equals", 0x3D, false}, {"eth", 0xF0, true}, {"euml", 0xEB, true}, {"excl", 0x21, false},
    {"grave", 0x60, false}, {"gt", 0x3E, true}, {"hyphen", 0x2010, false}, {"iacute", 0xED, true},
    {"ic", 0x2063, false}, {"icirc", 0xEE, true}, {"igrave", 0xEC, true}, {"it", 0x2062, false},
    {"iuml", 0xEF, true}, {"lbrace", 0x7B, false}, {"lbrack", 0x5B, false}, {"lcub", 0x7B, false},
    {"lowbar", 0x5F, false}, {"lpar", 0x28, false}, {"lrm", 0x200E, false}, {"lsqb", 0x5B, false},
    {"lt", 0x3C, true}, {"midast", 0x2A, false}, {"nbsp", 0xA0, true}, {"ntilde", 0xF1, true},
    {"num", 0x23, false}, {"oacute", 0xF3, true}, {"ocirc", 0xF4, true}, {"ograve", 0xF2, true},
    {"oslash", 0xF8, true}, {"otilde", 0xF5, true}, {"ouml", 0xF6, true}, {"percnt", 0x25, false},
    {"period", 0x2E, false}, {"plus", 0x2B, false}, {"quest", 0x3F, false}, {"quot", 0x22, true},
    {"rbrace", 0x7D, false}, {"rbrack", 0x5D, false}, {"rcub", 0x7D, false},
    {"rlm", 0x200F, false}, {"rpar", 0x29, false}, {"rsqb", 0x5D, false}, {"semi", 0x3B, false},
    {"shy", 0xAD, true}, {"sol", 0x2F, false}, {"szlig", 0xDF, true}, {"thorn", 0xFE, true},
    {"uacute", 0xFA, true}, {"ucirc", 0xFB, true}, {"ugrave", 0xF9, true}, {"uuml", 0xFC, true},
    {"verbar", 0x7C, false}, {"vert", 0x7C, false}, {"yacute", 0xFD, true}, {"yuml", 0xFF, true},
    {"zwj", 0x200D, false}, {"zwnj", 0x200C, false},
}};
// clang-format on
static_assert(std::is_sorted(kNamed.begin(), kNamed.end(),
                             [](const Named& a, const Named& b) { return a.name < b.name; }));

constexpr char32_t kLastCharacter = 0x10FFFF;
constexpr char32_t kReplacement = 0xFFFD;
constexpr std::size_t kLongestLegacy = 6;  // "Aacute"

constexpr auto name_of = [](const Named& named) { return named.name; };
constexpr auto kKeys = keys_of(kNamed, name_of);

const Named* find_named(std::string_view name)
{
    return find_row(kNamed, kKeys, name, name_of);
}

bool is_alphanumeric(char c)
{
    return is_letter(c) || is_digit(c);
}

char32_t sound(char32_t character)
{
    const bool is_surrogate = character >= 0xD800 && character < 0xE000;
    const bool is_none = character == 0 || character > kLastCharacter || is_surrogate;
    return is_none ? kReplacement : character;
}

/// `&#46;`, `&#x2e;`: the semicolon may be missing (13.2.5.80).
HtmlReference numeric_at(std::string_view text)
{
    const bool is_hex = text.size() > 2 && lower(text[2]) == 'x';
    const std::size_t begin = is_hex ? 3 : 2;
    const char32_t base = is_hex ? 16 : 10;
    char32_t character = 0;
    auto end = begin;
    for (; end < std::min(text.size(), kLongestHtmlReference); ++end) {
        if (is_hex ? hex_value(text[end]) < 0 : !is_digit(text[end])) break;
        character = character * base + static_cast<char32_t>(hex_value(text[end]));
        if (character > kLastCharacter) character = kLastCharacter + 1;
    }
    if (end == begin) return {};
    if (end < text.size() && text[end] == ';') ++end;
    return {sound(character), end};
}

HtmlReference named_at(std::string_view text)
{
    const auto most = std::min(text.size(), kLongestHtmlReference);
    std::size_t end = 1;
    while (end < most && is_alphanumeric(text[end])) ++end;
    const auto name = text.substr(1, end - 1);
    if (const auto* known = find_named(name); known != nullptr) {
        const bool is_closed = end < text.size() && text[end] == ';';
        return {known->character, end + (is_closed ? 1 : 0)};
    }
    for (auto size = std::min(name.size(), kLongestLegacy); size > 1; --size) {
        const auto* known = find_named(name.substr(0, size));
        if (known != nullptr && known->is_legacy) return {known->character, size + 1};
    }
    return {};
}

}  // namespace

HtmlReference html_reference_at(std::string_view text)
{
    if (text.size() < 3 || text[0] != '&') return {};
    return text[1] == '#' ? numeric_at(text) : named_at(text);
}

}  // namespace mail::privacy
