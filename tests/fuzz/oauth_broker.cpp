/// A broker's request and answer, and the browser's request to the loopback address.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "postman/oauth/broker_protocol.h"
#include "postman/oauth/redirect.h"
#include "postman/oauth/secret.h"

using namespace postman::oauth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto request = parse_broker_request(text)) {
        const auto again = parse_broker_request(broker_request(*request));
        if (!again || again->user != request->user) std::abort();
    }
    if (const auto token = parse_broker_answer(text, "u@d"))
        if (!is_token(*token) || xoauth2("u@d", *token) != text) std::abort();
    const Redirect redirect = judge_redirect(text, "/", "state-0123456789");
    if (redirect.kind == Redirect::Kind::code && !is_token(redirect.code)) std::abort();
    if (redirect_answer(redirect).find("\r\n\r\n") == std::string::npos) std::abort();
    return 0;
}
