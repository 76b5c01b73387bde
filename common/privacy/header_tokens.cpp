#include "common/privacy/header_tokens.h"

#include <array>
#include <bitset>
#include <cstdint>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

constexpr std::int8_t kNoDigit = -1;

/// The values of both alphabets of base64.
constexpr auto kValues = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(kNoDigit);
    for (int i = 0; i < 26; ++i) {
        values[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(i);
        values[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(26 + i);
    }
    for (int i = 0; i < 10; ++i) {
        values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(52 + i);
    }
    values['+'] = values['-'] = 62;
    values['/'] = values['_'] = 63;
    return values;
}();

int value_of(char c)
{
    return kValues[static_cast<unsigned char>(c)];
}
bool is_digit_of_token(char c)
{
    return value_of(c) != kNoDigit;
}
bool is_separator(char c)
{
    return value_of(c) >= 62;
}

/// The next run of at least kShortestToken digits from `at` on; empty at the end. Looks at every
/// sixteenth octet first: a shorter run cannot reach over it and be a token.
std::string_view next_token(std::string_view line, std::size_t at)
{
    while (at + kShortestToken <= line.size()) {
        auto first = at + kShortestToken;
        while (first > at && is_digit_of_token(line[first - 1])) --first;
        if (first > at) {
            at = first;
            continue;
        }
        auto end = at + kShortestToken;
        while (end < line.size() && is_digit_of_token(line[end])) ++end;
        return line.substr(at, end - at);
    }
    return {};
}

void append_base64(std::string_view digits, std::string& octets)
{
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : digits) {
        bits = bits << 6 | static_cast<std::uint32_t>(value_of(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        octets.push_back(static_cast<char>(bits >> count));
    }
    octets.push_back('\n');
}

/// From each place in a group of four where something begins: reading on from the first of them is
/// reading from the others too.
void append_all_base64(std::string_view token, std::string& octets)
{
    std::bitset<4> done;
    for (std::size_t at = 0; at + 4 <= token.size() && !done.all(); ++at) {
        const bool begins = at == 0 || is_separator(token[at - 1]);
        if (!begins || done.test(at % 4)) continue;
        done.set(at % 4);
        append_base64(token.substr(at), octets);
    }
}

void append_hex(std::string_view digits, std::string& octets)
{
    for (std::size_t at = 0; at + 2 <= digits.size(); at += 2) {
        octets.push_back(static_cast<char>(hex_value(digits[at]) * 16 + hex_value(digits[at + 1])));
    }
    octets.push_back('\n');
}

void append_all_hex(std::string_view token, std::string& octets)
{
    for (std::size_t at = 0; at < token.size();) {
        auto end = at;
        while (end < token.size() && hex_value(token[end]) >= 0) ++end;
        if (end - at >= kShortestToken) {
            append_hex(token.substr(at, end - at), octets);
            append_hex(token.substr(at + 1, end - at - 1), octets);
        }
        at = end + 1;
    }
}

}  // namespace

std::string decoded_tokens(std::string_view line, std::size_t& left)
{
    std::string octets;
    std::size_t at = 0;
    while (left > 0) {
        const auto token = next_token(line, at);
        if (token.empty()) break;
        --left;
        append_all_base64(token, octets);
        append_all_hex(token, octets);
        at = static_cast<std::size_t>(token.data() - line.data()) + token.size();
    }
    return octets;
}

}  // namespace mail::privacy
