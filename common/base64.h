/// base64 (RFC 4648 4), strict: with padding, without line ends. And the URL's alphabet (5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mail
{

constexpr std::size_t base64_size(std::size_t octets)
{
    return (octets + 2) / 3 * 4;
}
[[nodiscard]] std::string base64_encode(std::string_view octets);
/// Nothing unless `text` is exactly what base64_encode gives for some octets.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// With - and _, without padding (RFC 4648 5, RFC 7515 2).
[[nodiscard]] std::string base64url_encode(std::string_view octets);

}  // namespace mail
