#include "postmaster/path_pattern.h"

#include <algorithm>

namespace postmaster
{
namespace
{

constexpr std::size_t kTokenDigits = 32;

}  // namespace

bool is_lease_token(std::string_view text) noexcept
{
    return text.size() == kTokenDigits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::optional<std::string> match_path(std::string_view path, std::string_view pattern)
{
    const auto star = pattern.find('*');
    if (star == std::string_view::npos)
        return path == pattern ? std::optional(std::string()) : std::nullopt;
    const std::string_view before = pattern.substr(0, star);
    const std::string_view after = pattern.substr(star + 1);
    if (path.size() != before.size() + kTokenDigits + after.size()) return std::nullopt;
    if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
    const std::string_view token = path.substr(before.size(), kTokenDigits);
    return is_lease_token(token) ? std::optional(std::string(token)) : std::nullopt;
}

}  // namespace postmaster
