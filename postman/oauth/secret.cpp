#include "postman/oauth/secret.h"

#include <openssl/crypto.h>
#include <sys/prctl.h>

#include <algorithm>

namespace postman::oauth
{

void keep_out_of_core_dumps()
{
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void wipe(std::string& secret)
{
    ::OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

bool is_same_secret(std::string_view one, std::string_view other)
{
    return one.size() == other.size() && ::CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

bool is_token(std::string_view text)
{
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    return !text.empty() && text.size() <= 16384 &&
           std::all_of(text.begin(), text.end(), is_visible);
}

}  // namespace postman::oauth
