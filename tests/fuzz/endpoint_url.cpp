/// The URL of the command line: what is taken means the same when it is written out and read again.
#include "common/web/endpoint_url.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto url = mail::web::parse_endpoint_url(text, true);
    if (!url) return 0;
    for (const char c : url->text())
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') std::abort();
    const auto again = mail::web::parse_endpoint_url(url->text(), true);
    if (!again || !(*again == *url)) std::abort();
    return 0;
}
