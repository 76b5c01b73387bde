#include "postman/oauth/pkce.h"

#include <openssl/sha.h>

#include <array>

#include "common/base64.h"
#include "common/random_token.h"

namespace postman::oauth
{

std::string random_verifier()
{
    std::array<char, 32> octets;
    mail::fill_random(octets.data(), octets.size());
    return mail::base64url_encode({octets.data(), octets.size()});
}

std::string s256_challenge(std::string_view verifier)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
    ::SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(),
             digest.data());
    return mail::base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace postman::oauth
