/// The accounts file: whatever is in it, sound accounts or one line about what is wrong.
#include "postman/accounts/accounts_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto file = postman::parse_accounts_file({reinterpret_cast<const char*>(data), size});
    if (!file) return 0;
    for (const postman::Account& account : file->accounts) {
        if (account.name.empty() || account.line < 1 || account.deliver.empty()) std::abort();
        for (const std::string& served : account.serves)
            if (*postman::parse_served(served) != served) std::abort();
        if (account.limits.per_day > 1'000'000) std::abort();
    }
    return 0;
}
