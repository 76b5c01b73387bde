#include "common/privacy/text_kind.h"

#include <algorithm>

#include "common/privacy/html_text.h"

namespace mail::privacy
{
namespace
{

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r' &&
           c != '\f' && c != '\x1B';
}

/// Charsets whose first 128 characters are those of ASCII.
bool is_ascii_based(std::string_view charset)
{
    for (const auto* front : {"us-ascii", "ascii", "utf-8", "utf8", "iso-8859-", "windows-125",
                              "koi8-", "gb2312", "gbk", "gb18030", "big5", "euc-", "shift_jis"}) {
        if (charset.starts_with(front)) return true;
    }
    return charset.empty();
}

bool is_utf8_or_less(std::string_view charset)
{
    return charset.empty() || charset == "utf-8" || charset == "utf8" || charset == "us-ascii" ||
           charset == "ascii";
}

/// Of UTF-16; that of UTF-32 begins with it or with zeros.
bool has_byte_order_mark(std::string_view front)
{
    return front.starts_with("\xFF\xFE") || front.starts_with("\xFE\xFF");
}

/// UTF-16 or UTF-32, by its byte order mark or by its zeros; empty where it is neither.
std::string wide_charset(const TextTraits& traits, std::string_view front)
{
    const bool has_mark = has_byte_order_mark(front);
    const auto zeros = static_cast<std::size_t>(std::count(front.begin(), front.end(), '\0'));
    const bool has_most = zeros * 2 > front.size();
    if (has_most) return "utf-32";
    return has_mark || (traits.has_nul && zeros * 4 > front.size()) ? "utf-16" : "";
}

}  // namespace

bool looks_like_text(std::string_view front)
{
    return has_byte_order_mark(front) || std::none_of(front.begin(), front.end(), is_control);
}

bool is_html(std::string_view type, std::string_view front)
{
    return type.find("html") != type.npos || type.ends_with("xml") || looks_like_html(front);
}

std::string charset_to_read(std::string_view named, const TextTraits& traits,
                            std::string_view front)
{
    if (!is_ascii_based(named)) return std::string(named);
    if (auto wide = wide_charset(traits, front); !wide.empty()) return wide;
    if (!is_utf8_or_less(named)) return std::string(traits.has_non_ascii ? named : "");
    if (traits.has_non_ascii && !traits.is_utf8) return "windows-1252";
    return traits.has_shift ? "iso-2022-jp-2" : "";
}

}  // namespace mail::privacy
