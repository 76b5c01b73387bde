#include "common/privacy/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestName = 40;
constexpr std::size_t kLongestCharacter = 64;  // octets, with its escape sequences
const auto kNoHandle = reinterpret_cast<iconv_t>(-1);

/// Names that mail has and iconv does not know.
constexpr std::array<std::pair<std::string_view, const char*>, 11> kOtherNames = {{
    {"unicode-1-1-utf-7", "utf-7"},
    {"x-unicode-2-0-utf-7", "utf-7"},
    {"csunicode11utf7", "utf-7"},
    {"ansi_x3.110-1983", "iso-8859-1"},
    {"x-sjis", "shift_jis"},
    {"x-gbk", "gbk"},
    {"x-x-big5", "big5"},
    {"x-cp1252", "windows-1252"},
    {"windows1252", "windows-1252"},
    {"ks_c_5601-1987", "cp949"},
    {"x-mac-roman", "macintosh"},
}};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::any_of(names.begin(), names.end(),
                       [&](auto known) { return equals_ignoring_case(name, known); });
}

bool is_utf8_name(std::string_view name)
{
    return is_one_of(name, {"utf-8", "utf8", "us-ascii", "ascii"});
}

/// glibc reads more out of a name than MIME puts in: suffixes after a slash, the locale, its inner
/// form.
bool may_be_opened(std::string_view name)
{
    constexpr std::string_view kPunctuation = "-_.:+()";
    if (name.empty() || name.size() > kLongestName) return false;
    for (const char c : name) {
        if (!is_letter(c) && !is_digit(c) && kPunctuation.find(c) == kPunctuation.npos)
            return false;
    }
    return !is_one_of(name, {"char", "wchar_t", "internal"});
}

std::string iconv_name(std::string_view name)
{
    for (const auto& [other, known] : kOtherNames) {
        if (equals_ignoring_case(name, other)) return known;
    }
    return std::string(name);
}

}  // namespace

std::optional<Charset> Charset::open(std::string_view name)
{
    if (is_utf8_name(name)) return Charset(Kind::utf8, Order::unknown, nullptr);
    if (!may_be_opened(name)) return std::nullopt;
    if (is_one_of(name, {"utf-16", "utf16", "unicode", "ucs-2", "iso-10646-ucs-2", "csunicode"}))
        return Charset(Kind::utf16, Order::unknown, nullptr);
    if (is_one_of(name, {"utf-16le", "utf16le", "ucs-2le"}))
        return Charset(Kind::utf16, Order::little, nullptr);
    if (is_one_of(name, {"utf-16be", "utf16be", "ucs-2be"}))
        return Charset(Kind::utf16, Order::big, nullptr);
    if (is_one_of(name, {"utf-32", "utf32", "ucs-4", "iso-10646-ucs-4", "csucs4"}))
        return Charset(Kind::utf32, Order::unknown, nullptr);
    if (is_one_of(name, {"utf-32le", "utf32le", "ucs-4le"}))
        return Charset(Kind::utf32, Order::little, nullptr);
    if (is_one_of(name, {"utf-32be", "utf32be", "ucs-4be"}))
        return Charset(Kind::utf32, Order::big, nullptr);
    const iconv_t handle = ::iconv_open("UTF-8", iconv_name(name).c_str());
    if (handle == kNoHandle) return std::nullopt;
    Charset charset(Kind::by_iconv, Order::unknown, handle);
    charset.read_table();
    return charset;
}

Charset::Charset(Charset&& other) noexcept
    : kind_(other.kind_),
      order_(other.order_),
      handle_(std::exchange(other.handle_, nullptr)),
      characters_(std::move(other.characters_))
{
}

Charset& Charset::operator=(Charset&& other) noexcept
{
    kind_ = other.kind_;
    order_ = other.order_;
    std::swap(handle_, other.handle_);
    std::swap(characters_, other.characters_);
    begin();
    return *this;
}

Charset::~Charset()
{
    if (handle_ != nullptr) ::iconv_close(handle_);
}

void Charset::begin()
{
    if (handle_ != nullptr) ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    is_first_ = true;
    high_surrogate_ = 0;
    kept_.clear();
    errors_ = 0;
}

void Charset::append(std::string_view octets, std::string& utf8)
{
    std::string joined;
    if (!kept_.empty()) {
        joined.append(kept_).append(octets);
        octets = joined;
    }
    kept_ = octets.substr(append_some(octets, false, utf8));
    if (kept_.size() <= kLongestCharacter) return;
    append_error(utf8);
    kept_.clear();
}

void Charset::append_end(std::string& utf8)
{
    append_some(kept_, true, utf8);
    kept_.clear();
    if (high_surrogate_ != 0) append_error(utf8);
    high_surrogate_ = 0;
}

std::string Charset::to_utf8(std::string_view octets)
{
    std::string result;
    result.reserve(octets.size());
    begin();
    append(octets, result);
    append_end(result);
    return result;
}

std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset)
{
    auto opened = Charset::open(charset);
    if (!opened) return std::nullopt;
    return opened->to_utf8(octets);
}

Charset* Charsets::find(std::string_view name)
{
    return find_among(name, most_);
}

Charset* Charsets::find_fallback(std::string_view name)
{
    return find_among(name, most_ + 1);
}

Charset* Charsets::find_among(std::string_view name, std::size_t most)
{
    auto key = lowered(name.substr(0, kLongestName + 1));
    const auto known = opened_.find(key);
    if (known != opened_.end()) return known->second ? &*known->second : nullptr;
    if (opened_.size() >= most) return nullptr;
    auto& opened = opened_.emplace(std::move(key), Charset::open(name)).first->second;
    return opened ? &*opened : nullptr;
}

}  // namespace mail::privacy
