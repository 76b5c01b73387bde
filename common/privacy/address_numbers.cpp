/// Addresses written as one number.
#include <algorithm>
#include <charconv>
#include <optional>

#include "common/privacy/address_notations.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestNumber = 48;  // 128 bits are 39 decimal digits
constexpr std::size_t kHexDigitsV4 = 8;
constexpr std::size_t kHexDigitsV6 = 32;
constexpr std::uint32_t kSmallest = 0x01000000;  // 0.0.0.0/8 is nobody's (RFC 6890)

struct Number {
    std::string_view digits;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_prefixed = false;  // 0x
    bool is_bare = false;
};

std::optional<std::uint32_t> number_v4(std::string_view digits, int base)
{
    std::uint32_t number = 0;
    const auto* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, number, base);
    if (error != std::errc() || end != last || number < kSmallest) return {};
    return number;
}

std::optional<IpAddress> number_v6(std::string_view digits, unsigned base)
{
    unsigned __int128 number = 0;
    for (const char c : digits) {
        const auto digit = static_cast<unsigned>(hex_value(c));
        if (number > (~static_cast<unsigned __int128>(0) - digit) / base) return {};
        number = number * base + digit;
    }
    IpAddress address;
    for (auto octet = address.octets.rbegin(); octet != address.octets.rend(); ++octet) {
        *octet = static_cast<std::uint8_t>(number & 0xFF);
        number >>= 8;
    }
    return address;
}

/// `3.167772165` and `167772165.25` are numbers with a fraction; `20261120.167772165.1` is an
/// identifier made of numbers.
bool has_fraction(std::string_view text, const Number& number)
{
    const auto digits_before = [&](std::size_t at) {
        while (at > 0 && is_digit(text[at - 1])) --at;
        return at;
    };
    const auto is_dot = [&](std::size_t at) { return at < text.size() && text[at] == '.'; };
    if (number.begin > 1 && is_dot(number.begin - 1) && is_digit(text[number.begin - 2])) {
        const auto begin = digits_before(number.begin - 1);
        const bool is_longer = (begin > 0 && is_dot(begin - 1)) || is_dot(number.end);
        return !is_longer || number.begin - begin > kLongestNumber;
    }
    if (!is_dot(number.end) || number.end + 1 >= text.size() || !is_digit(text[number.end + 1])) {
        return false;
    }
    auto end = number.end + 1;
    while (end < text.size() && end - number.end < kLongestNumber && is_digit(text[end])) ++end;
    return !is_dot(end);
}

/// Where only a host can stand: `http://167772165/`, `root@[0x0a000005]`. A number in brackets
/// alone, as in `[170123456] Your ticket`, is none.
bool is_host_place(std::string_view text, std::size_t begin)
{
    const auto before = text.substr(0, begin);
    return before.ends_with('@') || before.ends_with("@[") || before.ends_with("//");
}

void take(const Number& number, const IpAddress& address, Form form,
          std::vector<AddressReading>& readings)
{
    readings.push_back({address, form, number.is_bare, number.begin, number.end});
}

void read_decimal(std::string_view text, const Number& number,
                  std::vector<AddressReading>& readings)
{
    if (has_fraction(text, number)) return;
    constexpr std::size_t kMostDigitsV4 = 10;
    if (number.digits[0] == '0') {
        if (const auto octal = number_v4(number.digits, 8))
            take(number, ipv4(*octal), Form::octal, readings);
    } else if (number.digits.size() <= kMostDigitsV4) {
        if (const auto integer = number_v4(number.digits, 10))
            take(number, ipv4(*integer), Form::integer, readings);
    } else if (const auto integer = number_v6(number.digits, 10)) {
        take(number, *integer, Form::integer, readings);
    }
}

void read_hexadecimal(const Number& number, std::vector<AddressReading>& readings)
{
    auto digits = number.digits;
    if (number.is_prefixed) {
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
        if (digits.size() > kHexDigitsV4) {
            if (digits.size() <= kHexDigitsV6)
                take(number, *number_v6(digits, 16), Form::hexadecimal, readings);
            return;
        }
    } else if (digits.size() == kHexDigitsV6) {
        return take(number, *number_v6(digits, 16), Form::hexadecimal, readings);
    } else if (digits.size() != kHexDigitsV4) {
        return;
    }
    if (const auto address = number_v4(digits, 16))
        take(number, ipv4(*address), Form::hexadecimal, readings);
}

}  // namespace

IpAddress ipv4(std::uint32_t number) noexcept
{
    IpAddress address;
    address.octets[10] = address.octets[11] = 0xFF;
    for (std::size_t i = 0; i < 4; ++i) {
        address.octets[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    }
    return address;
}

void read_whole_number(std::string_view text, std::size_t begin,
                       std::vector<AddressReading>& readings)
{
    auto end = begin;
    while (end < text.size() && end - begin <= kLongestNumber && hex_value(text[end]) >= 0) ++end;
    if (end - begin > kLongestNumber || is_word_after(text, end)) return;
    Number number{text.substr(begin, end - begin), begin, end};
    if (begin > 1 && lower(text[begin - 1]) == 'x' && text[begin - 2] == '0') {
        number.is_prefixed = true;
        number.begin = begin - 2;
    }
    if (is_word_before(text, number.begin)) return;
    number.is_bare = !is_host_place(text, number.begin);
    const bool is_decimal =
        std::all_of(number.digits.begin(), number.digits.end(), is_digit) && !number.is_prefixed;
    if (is_decimal) read_decimal(text, number, readings);
    read_hexadecimal(number, readings);
}

}  // namespace mail::privacy
