#include "common/web/tls_facts.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace mail::web
{
namespace
{

int facts_index()
{
    static const int index = ::SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

std::string common_name(const X509_NAME* name)
{
    const int at = ::X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return "an issuer without a name";
    const ASN1_STRING* text = ::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(name, at));
    unsigned char* utf8 = nullptr;
    const int length = ::ASN1_STRING_to_UTF8(&utf8, text);
    if (length < 0) return "an issuer whose name cannot be read";
    std::string result(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(length));
    ::OPENSSL_free(utf8);
    return result;
}

std::optional<mail::WallTime> time_of(const ASN1_TIME* time)
{
    std::tm parts{};
    if (::ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

/// DNS names and addresses (RFC 5280 4.2.1.6).
std::vector<std::string> names_of(X509* certificate)
{
    std::vector<std::string> names;
    const std::unique_ptr<GENERAL_NAMES, decltype(&::GENERAL_NAMES_free)> all(
        static_cast<GENERAL_NAMES*>(
            ::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
        &::GENERAL_NAMES_free);
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type != GEN_DNS || names.size() == TlsFacts::kMostNames) continue;
        const auto* octets =
            reinterpret_cast<const char*>(::ASN1_STRING_get0_data(name->d.dNSName));
        names.emplace_back(octets, static_cast<std::size_t>(::ASN1_STRING_length(name->d.dNSName)));
    }
    return names;
}

void note_chain(const SSL* tls, TlsFacts& facts)
{
    STACK_OF(X509)* chain = ::SSL_get_peer_cert_chain(tls);
    if (chain == nullptr || sk_X509_num(chain) == 0) return;
    X509* own = sk_X509_value(chain, 0);
    facts.issuer = common_name(::X509_get_issuer_name(own));
    facts.names = names_of(own);
    facts.begins = time_of(::X509_get0_notBefore(own));
    facts.ends.reset();
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        const auto end = time_of(::X509_get0_notAfter(sk_X509_value(chain, i)));
        if (end && (!facts.ends || *end < *facts.ends)) facts.ends = end;
    }
}

void on_state(const SSL* tls, int where, int)
{
    if ((where & SSL_CB_HANDSHAKE_DONE) == 0) return;
    auto* facts =
        static_cast<TlsFacts*>(::SSL_CTX_get_ex_data(::SSL_get_SSL_CTX(tls), facts_index()));
    if (facts == nullptr) return;
    facts->version = ::SSL_get_version(tls);
    note_chain(tls, *facts);
}

}  // namespace

void note_handshakes(ssl_ctx_st* context, TlsFacts& facts)
{
    ::SSL_CTX_set_ex_data(context, facts_index(), &facts);
    ::SSL_CTX_set_info_callback(context, &on_state);
}

CertificateFault certificate_fault(long code)
{
    switch (code) {
        case X509_V_OK:
            return CertificateFault::other_name;
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return CertificateFault::expired;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return CertificateFault::not_yet_valid;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return CertificateFault::unknown_issuer;
        default:
            return CertificateFault::other;
    }
}

}  // namespace mail::web
