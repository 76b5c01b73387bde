/// TLS as a client of one smarthost: TLS 1.2 or later, the certificate verified against authorities
/// and name, or against pinned keys (RFC 7469 2.4, RFC 8314 3.1).
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "common/result.h"
#include "postman/smtp/smarthost.h"

namespace postman::smtp
{

using TlsContext = boost::asio::ssl::context;

/// errors  refused: a certificate, key or CA file that cannot be used, with its option
/// blocks  for reading the files
[[nodiscard]] mail::Result<std::shared_ptr<TlsContext>> make_tls_context(const TlsRules& rules);

/// Watches one handshake: who it was that was shown to us, and why not.
class PeerCheck
{
public:
    /// rules, name  what was asked for; must outlive the check
    /// connection  before its handshake; must outlive the check
    PeerCheck(const TlsRules& rules, const std::string& name, SSL* connection);
    PeerCheck(const PeerCheck&) = delete;
    PeerCheck& operator=(const PeerCheck&) = delete;
    ~PeerCheck();

    /// "the certificate has expired", "it is for other.example"; empty where nothing was wrong.
    /// One that is there before the handshake says that nothing could be judged: let there be none.
    const std::string& fault() const { return fault_; }
    /// After the handshake: the key against the pins.
    bool has_pinned_key() const;

private:
    static int judge(int is_verified, X509_STORE_CTX* chain);
    bool takes(bool is_verified, X509_STORE_CTX* chain);
    bool asks_for_name() const;

    const TlsRules& rules_;
    const std::string& name_;
    SSL* const connection_;
    std::string fault_;
};

/// Is this OpenSSL error one that somebody has to mend: a certificate, a version, nothing that both
/// can? All others (a cut record, an alert of the server's own trouble) may be gone the next time.
[[nodiscard]] bool is_lasting_tls_fault(unsigned long error);

/// "sha256//BASE64" of a certificate's public key.
[[nodiscard]] std::string pin_of(X509* certificate);

}  // namespace postman::smtp
