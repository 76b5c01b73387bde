#include "postmaster/kept_lookup.h"

#include <algorithm>
#include <string>

#include "common/privacy/ascii.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::KeptMail;
using mail::Result;

constexpr std::size_t kIdDigits = 32;

bool is_beginning_of_id(std::string_view text)
{
    return !text.empty() && text.size() <= kIdDigits &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return mail::privacy::hex_value(c) >= 0; });
}

}  // namespace

Result<KeptMail> find_kept(const std::vector<KeptMail>& kept, std::string_view given)
{
    constexpr std::string_view kSuffix = ".json";
    std::string_view digits = given;
    if (digits.ends_with(kSuffix)) digits.remove_suffix(kSuffix.size());
    if (!is_beginning_of_id(digits))
        return Error{ErrorKind::malformed, std::string(given) + " is no mail's id"};
    const std::string beginning = mail::privacy::lowered(digits);
    const KeptMail* found = nullptr;
    for (const KeptMail& mail : kept) {
        if (!mail.id.hex().starts_with(beginning)) continue;
        if (found != nullptr)
            return Error{ErrorKind::conflict, std::string(given) + " is the beginning of " +
                                                  found->id.hex() + " and of " + mail.id.hex()};
        found = &mail;
    }
    if (found == nullptr)
        return Error{ErrorKind::missing,
                     "no mail " + std::string(given) + " is held, failed or corrupt"};
    return *found;
}

std::string_view word_of(mail::Shelf shelf) noexcept
{
    switch (shelf) {
        case mail::Shelf::failed:
            return "failed";
        case mail::Shelf::corrupt:
            return "corrupt";
        case mail::Shelf::held:
            break;
    }
    return "held";
}

}  // namespace postmaster
