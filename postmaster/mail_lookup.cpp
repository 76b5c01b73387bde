#include "postmaster/mail_lookup.h"

#include <algorithm>

#include "common/privacy/ascii.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::SpoolId;

constexpr std::size_t kIdDigits = 32;

/// In lower case, without a file's suffix; nothing where it is no beginning of an id.
std::optional<std::string> digits_of(std::string_view given)
{
    constexpr std::string_view kSuffix = ".json";
    if (given.ends_with(kSuffix)) given.remove_suffix(kSuffix.size());
    const bool is_hex = std::all_of(given.begin(), given.end(),
                                    [](char c) { return mail::privacy::hex_value(c) >= 0; });
    if (given.empty() || given.size() > kIdDigits || !is_hex) return std::nullopt;
    return mail::privacy::lowered(given);
}

}  // namespace

MailLookup::MailLookup(const std::vector<std::string>& given, std::size_t fewest_digits)
    : fewest_digits_(fewest_digits)
{
    for (const std::string& text : given)
        if (auto digits = digits_of(text);
            digits && digits->size() < kIdDigits && digits->size() >= fewest_digits_)
            beginnings_[digits->size()][*digits];
}

void MailLookup::offer(const SpoolId& id)
{
    const std::string hex = id.hex();
    for (auto& [length, wanted] : beginnings_) {
        const auto found = wanted.find(hex.substr(0, length));
        if (found == wanted.end() || found->second.one == id) continue;
        (found->second.one ? found->second.other : found->second.one) = id;
    }
}

mail::Result<SpoolId> MailLookup::find(std::string_view given) const
{
    const auto digits = digits_of(given);
    if (!digits) return Error{ErrorKind::malformed, std::string(given) + " is no mail's id"};
    if (const auto whole = SpoolId::parse(*digits)) return *whole;
    if (digits->size() < fewest_digits_)
        return Error{ErrorKind::malformed, std::string(given) + " is too short for this: give " +
                                               std::to_string(fewest_digits_) +
                                               " digits of the id at least, or all " +
                                               std::to_string(kIdDigits)};
    const Error missing{ErrorKind::missing, "no mail " + std::string(given) + " is in the spool"};
    const auto length = beginnings_.find(digits->size());
    if (length == beginnings_.end()) return missing;
    const auto found = length->second.find(*digits);
    if (found == length->second.end() || !found->second.one) return missing;
    if (found->second.other)
        return Error{ErrorKind::conflict, std::string(given) + " is the beginning of " +
                                              found->second.one->hex() + " and of " +
                                              found->second.other->hex()};
    return *found->second.one;
}

}  // namespace postmaster
