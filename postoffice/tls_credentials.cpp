#include "postoffice/tls_credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace postoffice
{
namespace
{

constexpr std::size_t kMaxFileBytes = 4 * 1024 * 1024;  // a whole bundle of CAs has 200 KiB

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* what) const
    {
        Free(what);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

mail::Error refused(std::string why, int sys_errno = 0)
{
    return {mail::ErrorKind::refused, std::move(why), sys_errno};
}

std::string library_words()
{
    const unsigned long code = ERR_peek_last_error();
    const char* words = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return words == nullptr ? "not usable" : words;
}

struct File {
    std::string path;
    std::string text;
    ~File() { OPENSSL_cleanse(text.data(), text.size()); }
};

std::string place_of(const std::string& path)
{
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const bool by_name = path.find('/') == std::string::npos && credentials != nullptr;
    return by_name ? std::string(credentials) + "/" + path : path;
}

/// Fills `file`, which names its path. Nothing, or what is wrong.
std::optional<mail::Error> read(File& file, bool is_secret)
{
    struct stat status {
    };
    if (::stat(file.path.c_str(), &status) != 0) return refused("read " + file.path, errno);
    if (is_secret && (status.st_mode & 0007) != 0)
        return refused("the key " + file.path + " is open to everyone: chmod 0640 " + file.path);
    if (static_cast<std::size_t>(status.st_size) > kMaxFileBytes)
        return refused(file.path + " is too large for a PEM file");
    std::ifstream input(file.path);
    if (!input) return refused("read " + file.path, errno);
    // By read(): where the disk fails, or a directory stands there, an iterator would throw.
    char piece[4096];
    while (input.read(piece, sizeof piece) || input.gcount() > 0)
        file.text.append(piece, static_cast<std::size_t>(input.gcount()));
    OPENSSL_cleanse(piece, sizeof piece);
    if (input.bad()) return refused("read " + file.path, errno);
    return std::nullopt;
}

Bio bio_of(const File& file)
{
    Bio bio(BIO_new_mem_buf(file.text.data(), static_cast<int>(file.text.size())));
    if (!bio) throw std::bad_alloc();
    return bio;
}

// A key with a passphrase must not ask the terminal for it.
int no_passphrase(char*, int, int, void*)
{
    return -1;
}

std::string text_of(const ASN1_TIME* time)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    char* text = nullptr;
    if (!bio || ASN1_TIME_print(bio.get(), time) != 1) return "";
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

/// After the last certificate that could be read: it was the last of the file, not a broken one.
bool is_at_end()
{
    const unsigned long code = ERR_peek_last_error();
    return code == 0 ||
           (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE);
}

std::optional<mail::Error> use_chain(SSL_CTX& context, const File& file, Certificate& own)
{
    const Bio bio = bio_of(file);
    own.reset(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr));
    if (!own) return refused(file.path + " has no certificate in PEM form: " + library_words());
    if (SSL_CTX_use_certificate(&context, own.get()) != 1)
        return refused("the certificate in " + file.path + ": " + library_words());
    while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr))
        if (SSL_CTX_add0_chain_cert(&context, next) != 1) {
            X509_free(next);
            return refused("the chain in " + file.path + ": " + library_words());
        }
    if (!is_at_end()) return refused("the chain in " + file.path + ": " + library_words());
    ERR_clear_error();
    return std::nullopt;
}

std::optional<mail::Error> use_key(SSL_CTX& context, const File& file, const X509& certificate,
                                   const std::string& certificate_path)
{
    const Bio bio = bio_of(file);
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key)
        return refused(file.path + " has no private key in PEM form, or one with a passphrase: " +
                       library_words());
    if (X509_check_private_key(&certificate, key.get()) != 1) {
        ERR_clear_error();
        return refused("the key " + file.path + " does not match the certificate " +
                       certificate_path);
    }
    if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1)
        return refused("the key " + file.path + ": " + library_words());
    return std::nullopt;
}

std::optional<mail::Error> use_client_ca(SSL_CTX& context, const File& file, bool is_required)
{
    const Bio bio = bio_of(file);
    int count = 0;
    while (const Certificate ca{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), ca.get()) != 1 ||
            SSL_CTX_add_client_CA(&context, ca.get()) != 1)
            return refused("the client CA " + file.path + ": " + library_words());
        ++count;
    }
    if (!is_at_end()) return refused("the client CA " + file.path + ": " + library_words());
    if (count == 0)
        return refused("the client CA " + file.path + " has no certificate in PEM form");
    ERR_clear_error();
    SSL_CTX_set_verify(
        &context, SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    return std::nullopt;
}

std::shared_ptr<SSL_CTX> new_context()
{
    const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) throw std::runtime_error("no TLS context: " + library_words());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                           SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);  // an idle connection stays small
    return context;
}

}  // namespace

mail::Result<TlsCredentials> TlsCredentials::load(TlsFiles files)
{
    File certificate{place_of(files.certificate), {}};
    File key{place_of(files.key), {}};
    File client_ca{place_of(files.client_ca), {}};
    if (auto fault = read(certificate, false)) return std::move(*fault);
    if (auto fault = read(key, true)) return std::move(*fault);
    if (!files.client_ca.empty())
        if (auto fault = read(client_ca, false)) return std::move(*fault);

    ERR_clear_error();
    TlsCredentials loaded;
    loaded.context_ = new_context();
    Certificate own;
    if (auto fault = use_chain(*loaded.context_, certificate, own)) return std::move(*fault);
    if (auto fault = use_key(*loaded.context_, key, *own, certificate.path))
        return std::move(*fault);
    if (!files.client_ca.empty())
        if (auto fault = use_client_ca(*loaded.context_, client_ca, files.requires_certificate))
            return std::move(*fault);
    loaded.has_expired_ = X509_cmp_current_time(X509_get0_notAfter(own.get())) < 0;
    loaded.end_ = text_of(X509_get0_notAfter(own.get()));
    loaded.files_ = std::move(files);
    return loaded;
}

mail::Result<mail::Done> TlsCredentials::reload()
{
    auto fresh = load(files_);
    if (!fresh) return std::move(fresh).error();
    if (fresh->has_expired_)
        return refused("the certificate in " + files_.certificate + " ended on " + fresh->end_);
    *this = std::move(*fresh);
    return mail::Done{};
}

}  // namespace postoffice
