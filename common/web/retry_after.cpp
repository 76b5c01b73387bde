#include "common/web/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>

namespace mail::web
{
namespace
{

using std::chrono::seconds;

constexpr seconds kMost{86400};

std::optional<seconds> parse_seconds(std::string_view text)
{
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? std::min(seconds(number), kMost) : kMost;
}

/// The C locale's names: postman never sets another one.
std::optional<std::time_t> parse_date(const std::string& text)
{
    constexpr std::array<const char*, 3> kForms = {
        "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"};
    for (const char* form : kForms) {
        std::tm parts{};
        const char* end = ::strptime(text.c_str(), form, &parts);
        if (end != nullptr && *end == '\0') return ::timegm(&parts);
    }
    return std::nullopt;
}

}  // namespace

std::optional<mail::WallTime> parse_http_date(std::string_view value)
{
    if (value.size() > 64) return std::nullopt;
    const auto date = parse_date(std::string(value));
    if (!date) return std::nullopt;
    return std::chrono::system_clock::from_time_t(*date);
}

std::optional<seconds> parse_retry_after(std::string_view value, mail::WallTime now)
{
    if (value.size() > 64) return std::nullopt;
    if (const auto wait = parse_seconds(value)) return wait;
    const auto date = parse_http_date(value);
    if (!date) return std::nullopt;
    const auto wait = std::chrono::ceil<seconds>(*date - now);
    return std::clamp(wait, seconds(0), kMost);
}

}  // namespace mail::web
