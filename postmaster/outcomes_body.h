/// The body of POST /v1/leases/{lease}/outcomes: what the courier says became of each mail.
#pragma once

#include <string_view>
#include <vector>

#include "common/result.h"
#include "common/spool/spool.h"

namespace postmaster
{

inline constexpr int kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxReasonBytes = 1000;  // longer ones are cut
inline constexpr long long kMaxRetryAfterSeconds = 7 * 86'400;

/// Pure. {"outcomes":[{"id":"…","outcome":"delivered"|"deferred"|"failed"|"held",
///                     "recipients":["…"],"reason":"…","retry_after":300}]}
///
/// `id` and `outcome` are wanted; the others may be left out. Without `recipients` the outcome is
/// for all that the lease holds of the mail; an empty list is refused, and so is any member that is
/// not named here: a misspelt `recipients` must not settle what was not delivered. errors
/// malformed: with what is wrong, in words for the client. Duplicate members, depth over 16,
///         text that is not UTF-8, anything after the object.
[[nodiscard]] mail::Result<std::vector<mail::Outcome>> parse_outcomes(std::string_view json);

/// "delivered", "deferred", "failed", "held".
[[nodiscard]] std::string_view word_of(mail::OutcomeKind kind) noexcept;

}  // namespace postmaster
