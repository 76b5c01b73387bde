#include "postman/smtp/tls.h"

#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "common/base64.h"

namespace postman::smtp
{

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace
{

/// What two programs do not agree on will be the same tomorrow.
constexpr std::array kLasting = {
    SSL_R_CERTIFICATE_VERIFY_FAILED,
    SSL_R_UNSUPPORTED_PROTOCOL,
    SSL_R_UNKNOWN_PROTOCOL,
    SSL_R_WRONG_SSL_VERSION,
    SSL_R_NO_PROTOCOLS_AVAILABLE,
    SSL_R_NO_SHARED_CIPHER,
    SSL_R_DH_KEY_TOO_SMALL,
    SSL_R_EE_KEY_TOO_SMALL,
    SSL_R_CA_KEY_TOO_SMALL,
    SSL_R_CA_MD_TOO_WEAK,
    // The server's alerts about what we are or can.
    SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
    SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY,
    SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
    SSL_R_SSLV3_ALERT_NO_CERTIFICATE,
    SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
    SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
    SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,
    SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
    SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
    SSL_R_TLSV1_ALERT_UNKNOWN_CA,
    SSL_R_TLSV1_ALERT_ACCESS_DENIED,
    SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
};

bool trusts_pins_alone(const TlsRules& rules)
{
    return !rules.pins.empty() && rules.ca.empty();
}

mail::Error unusable(const char* option, const std::string& file, const error_code& error)
{
    return {mail::ErrorKind::refused,
            std::string(option) + " " + file + " cannot be used: " + error.message()};
}

struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

std::string subject_of(X509* certificate)
{
    std::array<char, 256> text{};
    X509_NAME_oneline(X509_get_subject_name(certificate), text.data(), text.size());
    return text.data();
}

int own_index()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

}  // namespace

bool is_lasting_tls_fault(unsigned long error)
{
    return ERR_GET_LIB(error) == ERR_LIB_SSL &&
           std::find(kLasting.begin(), kLasting.end(), ERR_GET_REASON(error)) != kLasting.end();
}

std::string pin_of(X509* certificate)
{
    unsigned char* der = nullptr;
    const int bytes = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (bytes <= 0) return {};
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(der, static_cast<std::size_t>(bytes), digest.data());
    OPENSSL_free(der);
    return "sha256//" +
           mail::base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

mail::Result<std::shared_ptr<TlsContext>> make_tls_context(const TlsRules& rules)
{
    auto context = std::make_shared<TlsContext>(TlsContext::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
    error_code error;
    if (rules.ca.empty())
        context->set_default_verify_paths(error);
    else
        context->load_verify_file(rules.ca, error);
    if (error) return unusable("--smtp-ca", rules.ca, error);
    if (rules.cert.empty()) return context;
    context->use_certificate_chain_file(rules.cert, error);
    if (error) return unusable("--smtp-cert", rules.cert, error);
    context->use_private_key_file(rules.key, TlsContext::pem, error);
    if (error) return unusable("--smtp-key", rules.key, error);
    return context;
}

PeerCheck::PeerCheck(const TlsRules& rules, const std::string& name, SSL* connection)
    : rules_(rules), name_(name), connection_(connection)
{
    SSL_set_ex_data(connection, own_index(), this);
    SSL_set_verify(connection, SSL_VERIFY_PEER, &PeerCheck::judge);
    if (!asks_for_name() && !trusts_pins_alone(rules_))
        fault_ = "there is no name to compare it with: \"" + name_ + "\"";
}

/// OpenSSL takes an empty name for the wish to compare none.
bool PeerCheck::asks_for_name() const
{
    if (name_.empty()) return false;
    error_code not_an_address;
    boost::asio::ip::make_address(name_, not_an_address);
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(connection_);
    if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(wanted, name_.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(wanted, name_.c_str(), name_.size()) == 1 &&
           SSL_set_tlsext_host_name(connection_, name_.c_str()) == 1;
}

PeerCheck::~PeerCheck()
{
    SSL_set_ex_data(connection_, own_index(), nullptr);
}

int PeerCheck::judge(int is_verified, X509_STORE_CTX* chain)
{
    const auto* connection =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* self = static_cast<PeerCheck*>(SSL_get_ex_data(connection, own_index()));
    return self != nullptr && self->takes(is_verified == 1, chain) ? 1 : 0;
}

bool PeerCheck::takes(bool is_verified, X509_STORE_CTX* chain)
{
    if (is_verified || trusts_pins_alone(rules_)) return true;
    const int error = X509_STORE_CTX_get_error(chain);
    X509* const certificate = X509_STORE_CTX_get_current_cert(chain);
    fault_ = X509_verify_cert_error_string(error);
    if (certificate != nullptr) fault_ += " (" + subject_of(certificate) + ")";
    if (error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH)
        fault_ += "; asked for " + name_;
    return false;
}

bool PeerCheck::has_pinned_key() const
{
    if (rules_.pins.empty()) return true;
    const Certificate certificate(SSL_get1_peer_certificate(connection_));
    if (!certificate) return false;
    const std::string pin = pin_of(certificate.get());
    return std::find(rules_.pins.begin(), rules_.pins.end(), pin) != rules_.pins.end();
}

}  // namespace postman::smtp
