/// client_secret.json, a service account's key, credentials.json.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/web/web_url.h"
#include "postman/oauth/client_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto file =
        postman::oauth::parse_client_file({reinterpret_cast<const char*>(data), size});
    if (!file) return 0;
    const std::string url = std::visit([](const auto& one) { return one.token_url; }, *file);
    if (!mail::web::parse_web_url(url)) std::abort();
    return 0;
}
