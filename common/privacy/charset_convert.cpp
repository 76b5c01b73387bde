#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "common/privacy/charset.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

constexpr char32_t kByteOrderMark = 0xFEFF;
constexpr char32_t kLastCharacter = 0x10FFFF;

bool is_high_surrogate(char32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(char32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/// The number that the two, or the four octets are.
char32_t unit_of(const char* octets, std::size_t size, bool is_big)
{
    char32_t unit = 0;
    for (std::size_t i = 0; i < size; ++i) {
        unit = unit << 8 | static_cast<unsigned char>(octets[is_big ? i : size - 1 - i]);
    }
    return unit;
}

/// Most text is ASCII in great part, and then shows where the zeros are (RFC 2781 4.3: big-endian
/// where nothing says otherwise).
bool looks_big(std::string_view octets, std::size_t unit_size)
{
    std::size_t first = 0;
    std::size_t last = 0;
    for (std::size_t at = 0; at + unit_size <= octets.size(); at += unit_size) {
        if (octets[at] == '\0') ++first;
        if (octets[at + unit_size - 1] == '\0') ++last;
    }
    return first >= last;
}

}  // namespace

std::size_t Charset::append_some(std::string_view octets, bool is_end, std::string& utf8)
{
    switch (kind_) {
        case Kind::utf8:
            return append_utf8(octets, is_end, utf8);
        case Kind::utf16:
        case Kind::utf32:
            return append_wide(octets, is_end, utf8);
        case Kind::single_octet:
            return append_by_table(octets, utf8);
        case Kind::by_iconv:
            break;
    }
    return append_by_iconv(octets, is_end, utf8);
}

std::size_t Charset::append_utf8(std::string_view octets, bool is_end, std::string& utf8)
{
    const auto whole = octets.substr(0, octets.size() - (is_end ? 0 : unfinished_utf8(octets)));
    utf8.append(repaired_utf8(whole));
    return whole.size();
}

std::size_t Charset::append_wide(std::string_view octets, bool is_end, std::string& utf8)
{
    const std::size_t size = kind_ == Kind::utf16 ? 2 : 4;
    std::size_t at = 0;
    if (is_first_ && octets.size() >= size) {
        is_first_ = false;
        const bool big_mark = unit_of(octets.data(), size, true) == kByteOrderMark;
        const bool little_mark = unit_of(octets.data(), size, false) == kByteOrderMark;
        if (big_mark || little_mark) {
            is_big_ = big_mark;
            at = size;
        } else {
            is_big_ = order_ == Order::unknown ? looks_big(octets, size) : order_ == Order::big;
        }
    }
    for (; at + size <= octets.size(); at += size) {
        if (size == 2 && high_surrogate_ == 0 && octets[at + (is_big_ ? 0 : 1)] == '\0' &&
            octets[at + (is_big_ ? 1 : 0)] >= '\0') {
            utf8.push_back(octets[at + (is_big_ ? 1 : 0)]);  // ASCII, as most is
            continue;
        }
        append_unit(unit_of(octets.data() + at, size, is_big_), utf8);
    }
    if (!is_end || at == octets.size()) return at;
    append_error(utf8);
    return octets.size();
}

void Charset::append_unit(char32_t unit, std::string& utf8)
{
    if (high_surrogate_ != 0) {
        const auto high = std::exchange(high_surrogate_, 0);
        if (is_low_surrogate(unit)) {
            append_character(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), utf8);
            return;
        }
        append_error(utf8);
    }
    if (kind_ == Kind::utf16 && is_high_surrogate(unit)) {
        high_surrogate_ = unit;
    } else if (is_high_surrogate(unit) || is_low_surrogate(unit) || unit > kLastCharacter) {
        append_error(utf8);
    } else {
        append_character(unit, utf8);
    }
}

/// Most charsets of old have one character an octet, and a table is faster than iconv(3).
void Charset::read_table()
{
    std::vector<std::string> characters(256);
    for (std::size_t i = 0; i < characters.size(); ++i) {
        begin();
        const char octet = static_cast<char>(i);
        const auto taken = append_by_iconv({&octet, 1}, false, characters[i]);
        if (taken == 0 || characters[i].empty()) return;  // more octets, or a shift
    }
    begin();
    kind_ = Kind::single_octet;
    characters_ = std::move(characters);
}

std::size_t Charset::append_by_table(std::string_view octets, std::string& utf8)
{
    for (const char octet : octets) {
        const auto& character = characters_[static_cast<unsigned char>(octet)];
        if (character.size() == 1) {
            utf8.push_back(character.front());
        } else {
            utf8.append(character);
        }
    }
    return octets.size();
}

std::size_t Charset::append_by_iconv(std::string_view octets, bool is_end, std::string& utf8)
{
    std::array<char, 4096> piece;
    char* in = const_cast<char*>(octets.data());  // iconv(3) only reads it
    std::size_t left = octets.size();
    while (left > 0) {
        char* out = piece.data();
        std::size_t room = piece.size();
        const auto converted = ::iconv(handle_, &in, &left, &out, &room);
        const int why = errno;
        utf8.append(repaired_utf8({piece.data(), piece.size() - room}));
        if (converted != static_cast<std::size_t>(-1)) break;
        if (why == E2BIG) continue;
        if (why == EINVAL && !is_end) break;  // ends inside a character
        append_error(utf8);
        if (why == EINVAL) return octets.size();
        ++in;
        --left;
    }
    return octets.size() - left;
}

void Charset::append_error(std::string& utf8)
{
    utf8.append(kReplacementCharacter);
    ++errors_;
}

}  // namespace mail::privacy
