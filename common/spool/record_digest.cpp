/// The record's digest, in a file of its own: a program that needs none is linked without OpenSSL.
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "common/spool/record.h"

namespace mail
{

std::string sha256_hex(std::string_view octets)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::array<unsigned char, 32> digest{};
    unsigned int size = 0;
    // Fetched once: EVP_sha256() looks for its implementation at each use, under a lock.
    static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    if (kSha256 == nullptr ||
        EVP_Digest(octets.data(), octets.size(), digest.data(), &size, kSha256, nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    std::string text(2 * digest.size(), '0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
        text[2 * i] = kHex[digest[i] >> 4];
        text[2 * i + 1] = kHex[digest[i] & 15];
    }
    return text;
}

}  // namespace mail
