/// What an answer of Gmail's API means for the mail and for the account. Pure; the table is in the
/// source. The errors: https://developers.google.com/gmail/api/guides/handle-errors
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/clock.h"
#include "common/web/web_client.h"

namespace postman
{

struct GmailAnswer {
    enum class Kind {
        sent,      // 200 with a message's id
        renew,     // 401: the token is not taken
        limited,   // 403, 429: a limit of the account or the project; all its mail waits
        deferred,  // 5xx, and what nobody expects: this mail is tried again
        broken,    // the account or the configuration: no mail can go this way until it is mended
        failed,    // other 4xx: the mail is not taken
    };
    Kind kind = Kind::deferred;
    std::string message_id = {};  // Gmail's own
    std::string reason = {};      // for people: status, reason and Google's words; no secret
    std::optional<std::chrono::seconds> retry_after = std::nullopt;
    bool may_be_accepted = false;  // it may have been sent all the same
};

/// now  for the "Retry after TIME" that Google's words may hold
[[nodiscard]] GmailAnswer judge_gmail_answer(const mail::web::WebAnswer& answer,
                                             mail::WallTime now);

}  // namespace postman
