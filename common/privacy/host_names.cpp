#include "common/privacy/host_names.h"

#include <idn2.h>
#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace mail::privacy
{
namespace
{

using Allocated = std::unique_ptr<char, decltype(&::idn2_free)>;

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

/// Calls libidn2 with the name without the dot of a suffix, and puts the dot back.
template <class Convert>
std::optional<std::string> converted(std::string_view host, Convert convert)
{
    const std::string dot(host.substr(0, host.starts_with('.') ? 1 : 0));
    const std::string name(host.substr(dot.size()));
    char* result = nullptr;
    if (convert(name.c_str(), &result) != IDN2_OK || result == nullptr) return {};
    const Allocated owned(result, &::idn2_free);
    const std::string text = result;
    if (text == name) return {};
    return dot + text;
}

// Code points: the locale is not asked, it is given.
std::u32string decoded(std::string_view utf8)
{
    std::u32string points;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto first = static_cast<unsigned char>(utf8[at]);
        const unsigned more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        char32_t point = more == 0 ? first : first & (0x3FU >> more);
        for (++at; at < utf8.size() && (utf8[at] & 0xC0) == 0x80; ++at) {
            point = point << 6 | (static_cast<unsigned char>(utf8[at]) & 0x3F);
        }
        points.push_back(point);
    }
    return points;
}

void append_utf8(char32_t point, std::string& text)
{
    if (point < 0x80) {
        text.push_back(static_cast<char>(point));
        return;
    }
    const unsigned more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    constexpr unsigned char kFirst[] = {0, 0xC0, 0xE0, 0xF0};
    text.push_back(static_cast<char>(kFirst[more] | point >> (6 * more)));
    for (auto i = more; i-- > 0;)
        text.push_back(static_cast<char>(0x80 | (point >> (6 * i) & 0x3F)));
}

class Locale
{
public:
    Locale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
    ~Locale()
    {
        if (locale_ != nullptr) ::freelocale(locale_);
    }
    Locale(const Locale&) = delete;
    Locale& operator=(const Locale&) = delete;

    [[nodiscard]] char32_t lower(char32_t point) const
    {
        if (point < 0x80 || locale_ == nullptr) return point;
        return static_cast<char32_t>(::towlower_l(static_cast<wint_t>(point), locale_));
    }
    [[nodiscard]] char32_t upper(char32_t point) const
    {
        if (point < 0x80 || locale_ == nullptr) return point;
        return static_cast<char32_t>(::towupper_l(static_cast<wint_t>(point), locale_));
    }

private:
    locale_t locale_;
};

}  // namespace

std::optional<std::string> punycode_of(std::string_view host)
{
    if (is_ascii(host)) return {};
    return converted(host, [](const char* name, char** result) {
        constexpr int kFlags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;
        return ::idn2_to_ascii_8z(name, result, kFlags);
    });
}

std::optional<std::string> unicode_of(std::string_view host)
{
    if (host.find("xn--") == host.npos) return {};
    return converted(host, [](const char* name, char** result) {
        return ::idn2_to_unicode_8z8z(name, result, 0);
    });
}

std::vector<std::string> in_every_case(std::string_view utf8)
{
    if (is_ascii(utf8)) return {std::string(utf8)};
    const Locale locale;
    std::string low;
    std::string high;
    std::string titled;
    bool begins = true;
    for (const auto point : decoded(utf8)) {
        append_utf8(locale.lower(point), low);
        append_utf8(locale.upper(point), high);
        append_utf8(begins ? locale.upper(point) : locale.lower(point), titled);
        begins = point == '.' || point == '-' || point == ' ';
    }
    std::vector<std::string> all = {std::string(utf8), low, high, titled};
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace mail::privacy
