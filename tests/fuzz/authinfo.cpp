/// sendmail's authinfo: whatever is in it, entries with a user each, or one line about what is
/// wrong; each entry is found by its own server.
#include "postman/accounts/authinfo.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto entries = postman::parse_authinfo({reinterpret_cast<const char*>(data), size});
    if (!entries) return 0;
    for (const postman::AuthInfo& entry : *entries) {
        if (entry.user.empty()) std::abort();
        for (const char c : entry.user + entry.password)
            if (static_cast<unsigned char>(c) < ' ') std::abort();
        if (postman::find_authinfo(*entries, entry.host, entry.port) == nullptr) std::abort();
    }
    return 0;
}
