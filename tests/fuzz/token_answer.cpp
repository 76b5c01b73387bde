/// What a provider answers: a grant that is given has a token that can stand in a header and a
/// line.
#include "postman/oauth/token_answer.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "postman/oauth/secret.h"

using namespace postman::oauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const int status = data[0] % 2 == 0 ? 200 : 400;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const TokenAnswer answer = parse_token_answer(status, body);
    if (answer.grant && !is_token(answer.grant->access_token)) std::abort();
    if (answer.grant && answer.grant->expires_in && answer.grant->expires_in->count() <= 0)
        std::abort();
    if (!answer.grant && answer.refusal.error.empty()) std::abort();
    if (const auto code = parse_device_answer(status, body); code && code->interval.count() < 1)
        std::abort();
    return 0;
}
