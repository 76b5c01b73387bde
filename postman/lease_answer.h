/// What the postmaster's answers say. The endpoint is not trusted: every answer is taken apart with
/// bounds, and one bad record never spoils the others. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "postman/postmaster.h"

namespace postman
{

inline constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxRecordsInAnswer = 1000;  // no postmaster lends more at once

/// `{"lease":"…","seconds":900,"expires":"…Z","messages":[record,…]}`
///
/// returns  mails that share `body` and decode themselves when read; of equal ids only the first
/// errors   malformed: not such an object, deeper than 16, a key twice, an unsound lease or
///          seconds, over kMaxRecordsInAnswer
[[nodiscard]] mail::Result<Batch> parse_lease_answer(std::shared_ptr<const std::string> body);

/// `{"settled":[id,…],"unknown":[id,…]}`. errors  malformed
[[nodiscard]] mail::Result<mail::Settlement> parse_settlement(std::string_view body);

/// `{"seconds":900,"expires":"…Z"}`. errors  malformed
[[nodiscard]] mail::Result<std::chrono::seconds> parse_renewal(std::string_view body);

}  // namespace postman
