#include "common/checked_line.h"

#include <boost/crc.hpp>

namespace mail
{
namespace
{

constexpr std::size_t kSumDigits = 8;

std::string sum_of(std::uint64_t salt, std::string_view payload)
{
    static constexpr char kHex[] = "0123456789abcdef";
    const std::string salted = std::to_string(salt) + " ";
    boost::crc_32_type crc;
    crc.process_bytes(salted.data(), salted.size());
    crc.process_bytes(payload.data(), payload.size());
    std::string digits(kSumDigits, '0');
    for (std::size_t i = 0; i < kSumDigits; ++i)
        digits[i] = kHex[crc.checksum() >> (28 - 4 * i) & 15];
    return digits;
}

}  // namespace

std::string checked_line(std::uint64_t salt, std::string_view payload)
{
    std::string line = sum_of(salt, payload);
    line += ' ';
    line += payload;
    line += '\n';
    return line;
}

std::optional<std::string_view> take_checked_line(std::uint64_t salt, std::string_view& text)
{
    const auto end = text.find('\n');
    if (end == std::string_view::npos || end <= kSumDigits || text[kSumDigits] != ' ')
        return std::nullopt;
    const std::string_view payload = text.substr(kSumDigits + 1, end - kSumDigits - 1);
    if (text.substr(0, kSumDigits) != sum_of(salt, payload)) return std::nullopt;
    text.remove_prefix(end + 1);
    return payload;
}

}  // namespace mail
