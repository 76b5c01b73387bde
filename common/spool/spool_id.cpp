#include "common/spool/spool_id.h"

#include <cstring>

#include "common/random_token.h"

namespace mail
{
namespace
{

int nibble(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

}  // namespace

/// The first 48 bits, and the marks of a UUIDv7; what else is there stays.
void SpoolId::put_time(WallTime time)
{
    const auto milliseconds = static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count());
    for (int i = 0; i < 6; ++i)
        bytes_[i] = static_cast<unsigned char>(milliseconds >> (8 * (5 - i)));
    bytes_[6] = static_cast<unsigned char>(0x70 | (bytes_[6] & 0x0f));  // version 7
    bytes_[8] = static_cast<unsigned char>(0x80 | (bytes_[8] & 0x3f));  // RFC 9562 variant
}

SpoolId SpoolId::generate(WallTime now)
{
    SpoolId id;
    fill_random(id.bytes_.data(), id.bytes_.size());
    id.put_time(now);
    return id;
}

SpoolId SpoolId::derived(WallTime time, std::string_view digest)
{
    SpoolId id;
    for (std::size_t i = 6; i < id.bytes_.size(); ++i) {
        const std::size_t at = 2 * (i - 6);
        id.bytes_[i] =
            static_cast<unsigned char>(nibble(digest.at(at)) << 4 | nibble(digest.at(at + 1)));
    }
    id.put_time(time);
    return id;
}

std::optional<SpoolId> SpoolId::parse(std::string_view hex)
{
    if (hex.size() != 32) return std::nullopt;
    SpoolId id;
    for (std::size_t i = 0; i < 16; ++i) {
        const int high = nibble(hex[2 * i]);
        const int low = nibble(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes_[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return id;
}

std::string SpoolId::hex() const
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text(32, '0');
    for (std::size_t i = 0; i < 16; ++i) {
        text[2 * i] = kDigits[bytes_[i] >> 4];
        text[2 * i + 1] = kDigits[bytes_[i] & 15];
    }
    return text;
}

std::optional<std::uint64_t> SpoolId::unix_milliseconds() const
{
    if (bytes_[6] >> 4 != 7) return std::nullopt;
    std::uint64_t milliseconds = 0;
    for (int i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | bytes_[i];
    return milliseconds;
}

std::size_t SpoolId::Hash::operator()(const SpoolId& id) const noexcept
{
    std::size_t random_half =
        0;  // the last eight bytes are random in every version we make or read
    std::memcpy(&random_half, id.bytes_.data() + 8, sizeof random_half);
    return random_half;
}

}  // namespace mail
