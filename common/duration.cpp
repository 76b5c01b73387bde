#include "common/duration.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace mail
{
namespace
{

std::string two_units(std::int64_t large, const char* of_large, std::int64_t small,
                      const char* of_small)
{
    std::string words = std::to_string(large);
    words.append(" ").append(of_large);
    if (small != 0) words.append(" ").append(std::to_string(small)).append(" ").append(of_small);
    return words;
}

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text)
{
    const Error malformed{ErrorKind::malformed, "wants a time such as 5d, 36h, 90m or 300s"};
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || number < 0 || number > 1'000'000'000) return malformed;
    const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    if (unit.empty() || unit == "s") return std::chrono::seconds(number);
    if (unit == "m") return std::chrono::seconds(number * 60);
    if (unit == "h") return std::chrono::seconds(number * 3600);
    if (unit == "d") return std::chrono::seconds(number * 86400);
    return malformed;
}

std::string duration_words(std::chrono::seconds length)
{
    const std::int64_t seconds = std::max<std::int64_t>(length.count(), 0);
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3600) return two_units(seconds / 60, "min", seconds % 60, "s");
    if (seconds < 86400) return two_units(seconds / 3600, "h", seconds % 3600 / 60, "min");
    return two_units(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

}  // namespace mail
