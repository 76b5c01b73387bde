/// An answer of the provider: whatever is in it, one judgement, a bounded line for people, and a
/// wait within a day.
#include "postman/gmail/gmail_answer.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) return 0;
    const int status = 200 + (data[0] << 8 | data[1]) % 400;
    const std::string body(reinterpret_cast<const char*>(data) + 2, size - 2);
    const mail::WallTime now{std::chrono::seconds(1'795'163'247)};
    const auto answer = postman::judge_gmail_answer({status, "", std::nullopt, body}, now);
    const bool is_sent = answer.kind == postman::GmailAnswer::Kind::sent;
    if (is_sent != !answer.message_id.empty()) std::abort();
    if (is_sent && status >= 300) std::abort();
    if (!is_sent && (answer.reason.empty() || answer.reason.size() > 300)) std::abort();
    if (answer.retry_after &&
        (answer.retry_after->count() < 1 || answer.retry_after->count() > 86400))
        std::abort();
    return 0;
}
