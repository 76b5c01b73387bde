#include "postmaster/query.h"

#include <algorithm>

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::size_t kMaxDigits = 9;

bool is_number(std::string_view text)
{
    return !text.empty() && text.size() <= kMaxDigits &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string listed(std::initializer_list<std::string_view> names)
{
    std::string list;
    for (const std::string_view name : names) list.append(list.empty() ? "" : ", ").append(name);
    return list.empty() ? "no query" : list;
}

}  // namespace

Result<Query> parse_query(std::string_view text, std::initializer_list<std::string_view> known)
{
    Query query;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::string_view name = pair.substr(0, pair.find('='));
        if (std::find(known.begin(), known.end(), name) == known.end())
            return Error{ErrorKind::malformed, "The query takes " + listed(known) + "."};
        const std::string_view value = pair.substr(std::min(pair.size(), name.size() + 1));
        if (!is_number(value))
            return Error{ErrorKind::malformed,
                         std::string(name) + " is a number of one to nine digits."};
        if (!query.emplace(name, std::stoull(std::string(value))).second)
            return Error{ErrorKind::malformed, std::string(name) + " is there twice."};
    }
    return query;
}

std::uint64_t value_or(const Query& query, std::string_view name, std::uint64_t otherwise)
{
    const auto found = query.find(name);
    return found == query.end() ? otherwise : found->second;
}

}  // namespace postmaster
