/// What the catcher shows of itself inside TLS, and whom it wants to see: certificate, key, and the
/// CA of client certificates. Read from PEM files, and read again on SIGHUP. No sockets.
///
/// TLS 1.2 or newer, no renegotiation, no sessions to resume: backends come with one mail a
/// connection, and a ticket would outlive the certificate it was given under.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "common/result.h"

namespace postoffice
{

struct TlsFiles {
    std::string certificate;            // a PEM chain, the own certificate first
    std::string key;                    // PEM, without a passphrase; not readable by everybody
    std::string client_ca;              // PEM; empty: clients are not asked for a certificate
    bool requires_certificate = false;  // of clients; else one without is served, too
};

class TlsCredentials
{
public:
    /// A bare file name is looked for in $CREDENTIALS_DIRECTORY.
    /// errors  refused: a file is missing, cannot be read or is no PEM; the key is open to
    /// everybody
    ///         or is not the certificate's
    [[nodiscard]] static mail::Result<TlsCredentials> load(TlsFiles files);

    /// For connections that begin from now on. What is in force stays where this fails.
    /// errors  as load(); and refused: the new certificate has expired
    [[nodiscard]] mail::Result<mail::Done> reload();

    SSL_CTX& context() const { return *context_; }
    /// Clients that look at it will not send; those that do not are served.
    bool has_expired() const { return has_expired_; }
    /// When the certificate ends, for people: "Nov 30 12:00:00 2026 GMT".
    const std::string& end() const { return end_; }

private:
    TlsCredentials() = default;

    TlsFiles files_;
    std::shared_ptr<SSL_CTX> context_;
    std::string end_;
    bool has_expired_ = false;
};

}  // namespace postoffice
