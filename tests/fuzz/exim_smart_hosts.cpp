/// The exim-smart-hosts lines: whatever is in them, accounts with a server each, or one line about
/// what is wrong.
#include "postman/accounts/exim_smart_hosts.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto accounts =
        postman::parse_exim_smart_hosts({reinterpret_cast<const char*>(data), size});
    if (!accounts) return 0;
    for (const postman::Account& account : *accounts) {
        if (!account.deliver.starts_with("smtp")) std::abort();
        if (account.serves.empty() != (account.name == "*")) std::abort();
        if (!account.password.empty() && !account.token.empty()) std::abort();
    }
    return 0;
}
