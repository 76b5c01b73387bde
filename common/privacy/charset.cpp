#include "common/privacy/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestName = 40;
const auto kNone = reinterpret_cast<iconv_t>(-1);

bool is_utf8_name(std::string_view name)
{
    return equals_ignoring_case(name, "utf-8") || equals_ignoring_case(name, "utf8") ||
           equals_ignoring_case(name, "us-ascii") || equals_ignoring_case(name, "ascii");
}

/// glibc reads more out of a name than MIME puts in: suffixes after a slash, the locale, its inner
/// form.
bool may_be_opened(std::string_view name)
{
    constexpr std::string_view kPunctuation = "-_.:+()";
    constexpr std::array<std::string_view, 3> kNotMime = {"char", "wchar_t", "internal"};
    if (name.empty() || name.size() > kLongestName) return false;
    for (const char c : name) {
        if (!is_letter(c) && !is_digit(c) && kPunctuation.find(c) == kPunctuation.npos)
            return false;
    }
    return std::none_of(kNotMime.begin(), kNotMime.end(),
                        [&](auto special) { return equals_ignoring_case(name, special); });
}

}  // namespace

std::optional<Charset> Charset::open(std::string_view name)
{
    if (is_utf8_name(name)) return Charset(nullptr);
    if (!may_be_opened(name)) return std::nullopt;
    const iconv_t handle = ::iconv_open("UTF-8", std::string(name).c_str());
    if (handle == kNone) return std::nullopt;
    return Charset(handle);
}

Charset::Charset(Charset&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Charset& Charset::operator=(Charset&& other) noexcept
{
    std::swap(handle_, other.handle_);
    return *this;
}

Charset::~Charset()
{
    if (handle_ != nullptr) ::iconv_close(handle_);
}

std::string Charset::to_utf8(std::string_view octets)
{
    if (handle_ == nullptr) return repaired_utf8(octets);
    ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);  // back to the initial shift state

    std::string result;
    std::array<char, 4096> piece;
    char* in = const_cast<char*>(octets.data());  // iconv(3) only reads it
    std::size_t left = octets.size();
    while (left > 0) {
        char* out = piece.data();
        std::size_t room = piece.size();
        const auto converted = ::iconv(handle_, &in, &left, &out, &room);
        const int why = errno;
        result.append(piece.data(), piece.size() - room);
        if (converted != static_cast<std::size_t>(-1)) break;
        if (why == E2BIG) continue;
        result.append(kReplacementCharacter);
        if (why == EINVAL) break;  // ends inside a character
        ++in;
        --left;
    }
    return repaired_utf8(result);
}

std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset)
{
    auto opened = Charset::open(charset);
    if (!opened) return std::nullopt;
    return opened->to_utf8(octets);
}

}  // namespace mail::privacy
