/// Proof Key for Code Exchange, method S256 (RFC 7636): who asked for the code is who redeems it.
#pragma once

#include <string>
#include <string_view>

namespace postman::oauth
{

/// 256 random bits in 43 characters (RFC 7636 4.1); good for `state` too.
[[nodiscard]] std::string random_verifier();
/// BASE64URL(SHA256(verifier)) (RFC 7636 4.2).
[[nodiscard]] std::string s256_challenge(std::string_view verifier);

}  // namespace postman::oauth
