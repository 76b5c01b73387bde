/// The FILE of `postman auth --provider FILE`.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/web/web_url.h"
#include "postman/oauth/provider.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto provider =
        postman::oauth::parse_provider({reinterpret_cast<const char*>(data), size});
    if (provider && !mail::web::parse_web_url(provider->token_url)) std::abort();
    return 0;
}
