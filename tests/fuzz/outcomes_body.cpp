/// The outcomes body: whatever comes, an answer and no crash; what is accepted is within its
/// limits.
#include "postmaster/outcomes_body.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto outcomes = postmaster::parse_outcomes({reinterpret_cast<const char*>(data), size});
    if (!outcomes)
        return outcomes.error().kind == mail::ErrorKind::malformed ? 0 : (std::abort(), 0);
    for (const mail::Outcome& outcome : *outcomes)
        if (outcome.reason.size() > postmaster::kMaxReasonBytes ||
            outcome.retry_after.count() < 0 ||
            outcome.retry_after.count() > postmaster::kMaxRetryAfterSeconds)
            std::abort();
    return 0;
}
