#include "common/privacy/text_traits.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "common/privacy/archive.h"
#include "common/privacy/ascii.h"
#include "common/privacy/octet_masks.h"

namespace mail::privacy
{
namespace
{

constexpr std::uint8_t kNonAscii = 1;
constexpr std::uint8_t kNul = 2;
constexpr std::uint8_t kShift = 4;
constexpr std::uint8_t kPercent = 8;
constexpr std::uint8_t kAmpersand = 16;
constexpr std::uint8_t kLessThan = 32;

Octets traits_of(Octets octets)
{
    return (octets_between(octets, 0x80, 0xFF) & kNonAscii) | (octets_equal(octets, 0) & kNul) |
           ((octets_between(octets, 0x0E, 0x0F) | octets_equal(octets, 0x1B)) & kShift) |
           (octets_equal(octets, '%') & kPercent) | (octets_equal(octets, '&') & kAmpersand) |
           (octets_equal(octets, '<') & kLessThan);
}

std::uint8_t traits_of(std::string_view octets)
{
    Octets seen{};
    for (; octets.size() >= kOctets; octets.remove_prefix(kOctets))
        seen |= traits_of(load_octets(octets.data()));
    std::array<char, kOctets> rest;
    rest.fill(' ');  // which has none
    std::copy(octets.begin(), octets.end(), rest.begin());
    seen |= traits_of(load_octets(rest.data()));
    std::uint8_t all = 0;
    for (std::size_t i = 0; i < kOctets; ++i) all |= seen[i];
    return all;
}

constexpr std::string_view kBegin = "begin";
constexpr std::size_t kTail = std::max(kBegin.size(), kArchiveMark) - 1;

bool contains_begin(std::string_view octets)
{
    return ::memmem(octets.data(), octets.size(), kBegin.data(), kBegin.size()) != nullptr;
}

/// As programs write it: in capitals. `?a=12` of an address is none.
bool contains_quoted(std::string_view octets)
{
    for (auto at = octets.find('='); at != octets.npos; at = octets.find('=', at + 1)) {
        if (at + 2 >= octets.size()) return false;
        const char first = octets[at + 1];
        const char second = octets[at + 2];
        if (first == '\n' || (first == '\r' && second == '\n')) return true;
        if (is_digit(first) && second >= 'A' && second <= 'F') return true;
    }
    return false;
}

/// Two octets of `begin`, of `ustar`, of a zip's or of a gzip's member in their places. One bit for
/// each of the sixteen octets at which a mark may begin.
std::uint64_t may_be_marks(const char* at)
{
    const auto first = load_octets(at);
    const auto second = load_octets(at + 1);
    const auto fourth = load_octets(at + 3);
    return bits_of((octets_equal(first, 'b') & octets_equal(fourth, 'i')) |
                   (octets_equal(first, 'u') & octets_equal(fourth, 'a')) |
                   (octets_equal(first, 'P') & octets_equal(second, 'K')) |
                   (octets_equal(first, 0x1F) & octets_equal(second, 0x8B)));
}

}  // namespace

bool may_have_quoted(std::string_view piece)
{
    constexpr std::size_t kEscape = 3;
    const auto end = piece.substr(piece.size() - std::min(piece.size(), kEscape - 1));
    return end.find('=') != end.npos || contains_quoted(piece);
}

bool TraitsReader::feed(std::string_view octets)
{
    const auto traits = traits_of(octets);
    seen_ |= traits;
    if (checks_utf8_ && (seen_ & kNonAscii) != 0) utf8_.feed(octets);
    if (front_.size() < kFront) front_.append(octets.substr(0, kFront - front_.size()));

    tail_.append(octets.substr(0, kTail));
    look_for_marks(tail_);
    look_for_marks(octets);
    if (octets.size() > kTail) tail_ = octets.substr(octets.size() - kTail);
    tail_.erase(0, tail_.size() - std::min(tail_.size(), kTail));
    return true;
}

void TraitsReader::look_for_marks(std::string_view octets)
{
    has_quoted_ = has_quoted_ || contains_quoted(octets);
    constexpr std::size_t kWindow = kOctets + kTail;
    for (; octets.size() >= kWindow; octets.remove_prefix(kOctets)) {
        if (may_be_marks(octets.data()) != 0) look_closely(octets.substr(0, kWindow));
    }
    look_closely(octets);
}

void TraitsReader::look_closely(std::string_view octets)
{
    has_begin_ = has_begin_ || contains_begin(octets);
    has_archive_ = has_archive_ || may_have_archive(octets);
}

TextTraits TraitsReader::traits() const
{
    TextTraits traits;
    traits.has_non_ascii = (seen_ & kNonAscii) != 0;
    traits.has_nul = (seen_ & kNul) != 0;
    traits.has_shift = (seen_ & kShift) != 0;
    traits.has_percent = (seen_ & kPercent) != 0;
    traits.has_ampersand = (seen_ & kAmpersand) != 0;
    traits.has_less_than = (seen_ & kLessThan) != 0;
    traits.has_begin = has_begin_;
    traits.has_quoted = has_quoted_;
    traits.has_archive = has_archive_;
    traits.is_utf8 = utf8_.is_sound();
    return traits;
}

}  // namespace mail::privacy
