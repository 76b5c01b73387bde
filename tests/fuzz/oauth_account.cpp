/// A token file: what is read is written as it was read.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "postman/oauth/account.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace postman::oauth;
    const auto account = decode_account({reinterpret_cast<const char*>(data), size});
    if (!account) return 0;
    const std::string text = encode_account(*account);
    const auto again = decode_account(text);
    if (!again || encode_account(*again) != text) std::abort();
    return 0;
}
