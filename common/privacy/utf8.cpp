#include "common/privacy/utf8.h"

#include <algorithm>
#include <utility>

#include "common/privacy/octet_masks.h"

namespace mail::privacy
{
namespace
{

constexpr bool is_ascii(char c)
{
    return static_cast<unsigned char>(c) < 0x80;
}
bool is_ascii(Octets octets)
{
    return bits_of(octets_between(octets, 0x80, 0xFF)) == 0;
}
constexpr bool is_continuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The bytes of the character at the front; 0 where there is none. RFC 3629 section 4.
std::size_t character_size(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if (!is_continuation(text[i])) return 0;
    }
    const unsigned second = byte(1);
    if (first == 0xE0 && second < 0xA0) return 0;  // overlong
    if (first == 0xED && second > 0x9F) return 0;  // surrogates
    if (first == 0xF0 && second < 0x90) return 0;  // overlong
    if (first == 0xF4 && second > 0x8F) return 0;  // above U+10FFFF
    return size;
}

}  // namespace

std::string repaired_utf8(std::string_view octets)
{
    std::string result;
    result.reserve(octets.size());
    std::size_t good = 0;  // begin of the sound run not yet copied
    for (std::size_t at = 0; at < octets.size();) {
        if (is_ascii(octets[at])) {
            ++at;
        } else if (const auto size = character_size(octets.substr(at)); size > 0) {
            at += size;
        } else {
            result.append(octets.substr(good, at - good)).append(kReplacementCharacter);
            good = ++at;
        }
    }
    return result.append(octets.substr(good));
}

void Utf8Check::feed(std::string_view octets)
{
    std::string joined;
    if (!cut_.empty()) {
        joined.append(std::exchange(cut_, {})).append(octets);
        octets = joined;
    }
    const auto cut = unfinished_utf8(octets);
    const auto whole = octets.substr(0, octets.size() - cut);
    for (std::size_t at = 0; is_sound_ && at < whole.size();) {
        if (at + kOctets <= whole.size() && is_ascii(load_octets(whole.data() + at))) {
            at += kOctets;
            continue;
        }
        const auto size = is_ascii(whole[at]) ? 1 : character_size(whole.substr(at));
        is_sound_ = size > 0;
        at += size;
    }
    if (is_sound_) cut_ = octets.substr(whole.size());
}

std::size_t unfinished_utf8(std::string_view octets) noexcept
{
    for (std::size_t size = 1; size <= std::min<std::size_t>(3, octets.size()); ++size) {
        const auto octet = static_cast<unsigned char>(octets[octets.size() - size]);
        if ((octet & 0xC0) == 0x80) continue;
        const std::size_t whole = octet >= 0xF0 ? 4 : octet >= 0xE0 ? 3 : octet >= 0xC0 ? 2 : 1;
        return whole > size ? size : 0;
    }
    return 0;
}

void append_character(char32_t character, std::string& utf8)
{
    const auto put = [&](char32_t octet) { utf8.push_back(static_cast<char>(octet)); };
    if (character < 0x80) return put(character);
    if (character < 0x800) {
        put(0xC0 | character >> 6);
    } else {
        if (character < 0x10000) {
            put(0xE0 | character >> 12);
        } else {
            put(0xF0 | character >> 18);
            put(0x80 | (character >> 12 & 0x3F));
        }
        put(0x80 | (character >> 6 & 0x3F));
    }
    put(0x80 | (character & 0x3F));
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept
{
    if (text.size() <= max_bytes) return text;
    std::size_t end = max_bytes;
    while (end > 0 && is_continuation(text[end])) --end;
    return text.substr(0, end);
}

}  // namespace mail::privacy
