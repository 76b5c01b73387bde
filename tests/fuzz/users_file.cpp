/// The users file: whatever is in it, a list of sound users or one line about what is wrong.
#include "common/users/users_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto users = mail::parse_users({reinterpret_cast<const char*>(data), size});
    if (!users) return 0;
    if (users->empty()) std::abort();
    for (const mail::UserEntry& user : *users)
        if (user.name.empty() || user.name.find(':') != std::string::npos || user.hash.size() < 40)
            std::abort();
    return 0;
}
