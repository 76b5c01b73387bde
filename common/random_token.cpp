#include "common/random_token.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace mail
{

void fill_random(void* out, std::size_t size)
{
    auto* at = static_cast<unsigned char*>(out);
    while (size != 0) {
        const ssize_t got = ::getrandom(at, size, 0);
        if (got < 0 && errno != EINTR) std::abort();  // no id may ever be guessable
        if (got <= 0) continue;
        at += got;
        size -= static_cast<std::size_t>(got);
    }
}

std::string random_token()
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::array<unsigned char, 16> bytes{};
    fill_random(bytes.data(), bytes.size());
    std::string token;
    for (const unsigned char byte : bytes) {
        token += kHex[byte >> 4];
        token += kHex[byte & 15];
    }
    return token;
}

}  // namespace mail
