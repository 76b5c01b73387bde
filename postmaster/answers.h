/// The answers that several routes give, and what of a failure the client gets to see.
#pragma once

#include <string>
#include <string_view>

#include "common/http/message.h"
#include "common/result.h"
#include "postmaster/slots.h"

namespace postmaster
{

[[nodiscard]] mail::http::Answer nothing_there();                // 404
[[nodiscard]] mail::http::Answer no_content();                   // 204
[[nodiscard]] mail::http::Answer busy(std::string_view detail);  // 503 with Retry-After
/// 200; `held` is let go when the answer has been written.
[[nodiscard]] mail::http::Answer json_answer(std::string body, Slots::Slot held = nullptr);

/// An Error as the client gets it: its kind decides the status, and none of its words goes out.
[[nodiscard]] mail::http::Answer answer_for(const mail::Error& error);

}  // namespace postmaster
