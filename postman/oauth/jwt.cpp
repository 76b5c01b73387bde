#include "postman/oauth/jwt.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "common/base64.h"

namespace postman::oauth
{
namespace
{

constexpr int kLeastBits = 2048;
constexpr std::chrono::hours kLife{1};

using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;

mail::Error refused(const char* what)
{
    return {mail::ErrorKind::refused, what};
}

/// Never asks a terminal for a password.
int no_password(char*, int, int, void*)
{
    return -1;
}

Key read_key(const std::string& pem)
{
    const std::unique_ptr<BIO, decltype(&::BIO_free)> memory(
        ::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &::BIO_free);
    return Key(::PEM_read_bio_PrivateKey(memory.get(), nullptr, &no_password, nullptr),
               &::EVP_PKEY_free);
}

std::string claims_of(const Assertion& assertion)
{
    const auto seconds = [](mail::WallTime time) {
        return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    };
    nlohmann::json claims = {{"iss", assertion.issuer},
                             {"sub", assertion.subject},
                             {"aud", assertion.audience},
                             {"iat", seconds(assertion.issued_at)},
                             {"exp", seconds(assertion.issued_at + kLife)}};
    if (!assertion.scope.empty()) claims["scope"] = assertion.scope;
    return claims.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string header_of(const Assertion& assertion)
{
    nlohmann::json header = {{"alg", "RS256"}, {"typ", "JWT"}};
    if (!assertion.key_id.empty()) header["kid"] = assertion.key_id;
    return header.dump();
}

}  // namespace

mail::Result<std::string> sign_assertion(const Assertion& assertion,
                                         const std::string& private_key_pem)
{
    const Key key = read_key(private_key_pem);
    if (!key) return refused("the private key cannot be read: PEM without a password is wanted");
    if (::EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA ||
        ::EVP_PKEY_get_bits(key.get()) < kLeastBits)
        return refused("the private key is no RSA key of 2048 bits or more");
    std::string text = mail::base64url_encode(header_of(assertion)) + "." +
                       mail::base64url_encode(claims_of(assertion));
    const std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)> context(::EVP_MD_CTX_new(),
                                                                            &::EVP_MD_CTX_free);
    const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = static_cast<std::size_t>(::EVP_PKEY_get_size(key.get()));
    std::string signature(size, '\0');
    if (::EVP_DigestSignInit(context.get(), nullptr, ::EVP_sha256(), nullptr, key.get()) != 1 ||
        ::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         octets, text.size()) != 1)
        return refused("the private key does not sign");
    signature.resize(size);
    return text + "." + mail::base64url_encode(signature);
}

}  // namespace postman::oauth
