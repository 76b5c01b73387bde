/// What a TLS handshake showed, for `postman check`: noted beside the library that does it, so that
/// the check and a round of the courier cannot differ. OpenSSL lives in the source file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"

struct ssl_ctx_st;

namespace mail::web
{

enum class CertificateFault { none, expired, not_yet_valid, unknown_issuer, other_name, other };

struct TlsFacts {
    std::string version;             // "TLSv1.3"; empty: no handshake came to its end
    std::string issuer;              // of the server's own certificate: its common name
    std::vector<std::string> names;  // that the certificate is for, at most kMostNames
    std::optional<mail::WallTime> begins;
    std::optional<mail::WallTime> ends;  // the first of the chain to end
    CertificateFault fault = CertificateFault::none;

    static constexpr std::size_t kMostNames = 5;
};

/// Each handshake of `context` is noted in `facts`, which must outlive it.
void note_handshakes(ssl_ctx_st* context, TlsFacts& facts);

/// What OpenSSL's verification code means (X509_V_…). X509_V_OK: it is the name that is wrong.
[[nodiscard]] CertificateFault certificate_fault(long code);

}  // namespace mail::web
