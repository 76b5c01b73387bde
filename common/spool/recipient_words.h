/// A recipient's status as a word: in the journal, in JSON for programs, and on the status page.
/// The journal keeps them, so no word ever changes.
#pragma once

#include <iterator>
#include <optional>
#include <string_view>

#include "common/spool/spool.h"

namespace mail
{

inline constexpr std::string_view kRecipientWords[] = {"pending", "delivered", "failed", "held"};

[[nodiscard]] constexpr std::string_view word_of(RecipientStatus status)
{
    return kRecipientWords[static_cast<std::size_t>(status)];
}

[[nodiscard]] constexpr std::optional<RecipientStatus> parse_recipient_word(std::string_view word)
{
    for (std::size_t i = 0; i < std::size(kRecipientWords); ++i)
        if (word == kRecipientWords[i]) return static_cast<RecipientStatus>(i);
    return std::nullopt;
}

}  // namespace mail
