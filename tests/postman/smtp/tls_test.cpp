#include "postman/smtp/tls.h"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

using namespace postman;

TEST_SUITE("postman/smtp/tls")
{
    TEST_CASE("a certificate, a version, nothing in common: to be mended; the rest comes again")
    {
        const auto is_lasting = [](int reason) {
            return smtp::is_lasting_tls_fault(ERR_PACK(ERR_LIB_SSL, 0, reason));
        };
        for (const int reason :
             {SSL_R_CERTIFICATE_VERIFY_FAILED, SSL_R_UNSUPPORTED_PROTOCOL,
              SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
              SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED}) {
            CAPTURE(reason);
            CHECK(is_lasting(reason));
        }
        for (const int reason :
             {SSL_R_TLSV1_ALERT_INTERNAL_ERROR, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
              SSL_R_WRONG_VERSION_NUMBER, SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_UNEXPECTED_MESSAGE}) {
            CAPTURE(reason);
            CHECK_FALSE(is_lasting(reason));
        }
        CHECK_FALSE(
            smtp::is_lasting_tls_fault(ERR_PACK(ERR_LIB_SYS, 0, SSL_R_CERTIFICATE_VERIFY_FAILED)));
    }

    TEST_CASE("a name that cannot be compared is a fault before the handshake, not a pass")
    {
        const auto context = smtp::make_tls_context({});
        REQUIRE(context);
        const std::string pin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        const auto is_faulty = [&](const std::string& name, const TlsRules& rules) {
            SSL* connection = SSL_new((*context)->native_handle());
            const bool has_fault = !smtp::PeerCheck(rules, name, connection).fault().empty();
            SSL_free(connection);
            return has_fault;
        };
        CHECK_FALSE(is_faulty("mx.example", {}));
        CHECK_FALSE(is_faulty("127.0.0.1", {}));
        CHECK_FALSE(is_faulty("::1", {}));
        CHECK(is_faulty("", {}));
        CHECK(is_faulty(std::string("mx\0.example", 11), {}));
        TlsRules pinned;
        pinned.pins = {pin};
        CHECK_FALSE(is_faulty("", pinned));  // the key alone decides
        pinned.ca = "/ca.pem";
        CHECK(is_faulty("", pinned));
    }
}
