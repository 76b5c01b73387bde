#include "postman/oauth/tls_line_connection.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "common/http/descriptor.h"
#include "common/web/connection_watch.h"

namespace postman::oauth
{
namespace
{

using mail::http::Descriptor;

constexpr std::size_t kMaxLine = 64 * 1024;
constexpr std::uint64_t kMaxBytes = 1 << 20;

mail::Error temporary(std::string what, int error = 0)
{
    return {mail::ErrorKind::temporary, std::move(what), error};
}

mail::Error refused(std::string what)
{
    return {mail::ErrorKind::refused, std::move(what)};
}

struct ContextFree {
    void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
struct TlsFree {
    void operator()(SSL* tls) const { ::SSL_free(tls); }
};

bool is_address(const std::string& host)
{
    std::array<unsigned char, sizeof(in6_addr)> octets;
    return ::inet_pton(AF_INET, host.c_str(), octets.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), octets.data()) == 1;
}

class TlsLineConnection final : public LineConnection
{
public:
    TlsLineConnection(TlsLineSettings settings, Descriptor socket)
        : settings_(std::move(settings)),
          socket_(std::move(socket)),
          watch_(std::chrono::steady_clock::now() + settings_.deadline, kMaxBytes, {})
    {
        watch_.observe(socket_.get());
    }

    mail::Result<std::string> read_line() override
    {
        std::size_t end;
        while ((end = buffer_.find('\n')) == std::string::npos) {
            if (buffer_.size() > kMaxLine) return temporary("the server's line has no end");
            std::array<char, 4096> piece;
            const auto count = receive(piece.data(), piece.size());
            if (count <= 0) return temporary(why_cut());
            buffer_.append(piece.data(), static_cast<std::size_t>(count));
        }
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return line;
    }

    mail::Result<mail::Done> write_line(const std::string& line) override
    {
        std::string text = line + "\r\n";
        std::string_view rest = text;
        while (!rest.empty()) {
            const auto count = transmit(rest);
            if (count <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
        const bool is_sent = rest.empty();
        ::OPENSSL_cleanse(text.data(), text.size());
        if (!is_sent) return temporary(why_cut());
        return mail::Done{};
    }

    mail::Result<mail::Done> start_tls() override
    {
        if (!buffer_.empty()) return refused("the server spoke on before TLS began");
        if (auto ok = prepare_tls(); !ok) return ok;
        if (::SSL_connect(tls_.get()) == 1) return mail::Done{};
        const long verdict = ::SSL_get_verify_result(tls_.get());
        if (verdict != X509_V_OK)
            return refused(std::string("the server's certificate is refused: ") +
                           ::X509_verify_cert_error_string(verdict));
        return refused("no TLS: " + why_cut());
    }

private:
    mail::Result<mail::Done> prepare_tls()
    {
        context_.reset(::SSL_CTX_new(::TLS_client_method()));
        ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
        const bool has_ca = settings_.ca_file.empty()
                                ? ::SSL_CTX_set_default_verify_paths(context_.get()) == 1
                                : ::SSL_CTX_load_verify_locations(
                                      context_.get(), settings_.ca_file.c_str(), nullptr) == 1;
        if (!has_ca) return refused("the CA file cannot be loaded: " + settings_.ca_file);
        ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
        tls_.reset(::SSL_new(context_.get()));
        X509_VERIFY_PARAM* rules = ::SSL_get0_param(tls_.get());
        const std::string& host = settings_.host;
        const bool is_named = is_address(host)
                                  ? ::X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                                  : ::X509_VERIFY_PARAM_set1_host(rules, host.c_str(), 0) == 1 &&
                                        ::SSL_set_tlsext_host_name(tls_.get(), host.c_str()) == 1;
        if (!is_named || ::SSL_set_fd(tls_.get(), socket_.get()) != 1)
            return refused("TLS cannot be set up for " + host);
        return mail::Done{};
    }

    ssize_t receive(char* into, std::size_t size)
    {
        if (tls_) return ::SSL_read(tls_.get(), into, static_cast<int>(size));
        return ::recv(socket_.get(), into, size, 0);
    }
    ssize_t transmit(std::string_view text)
    {
        if (tls_) return ::SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()));
        return ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    }
    std::string why_cut() const
    {
        if (watch_.verdict() == mail::web::ConnectionWatch::Verdict::late)
            return "the server took longer than " + std::to_string(settings_.deadline.count()) +
                   " s";
        return "the server closed the connection";
    }

    const TlsLineSettings settings_;
    Descriptor socket_;
    mail::web::ConnectionWatch watch_;
    std::unique_ptr<SSL_CTX, ContextFree> context_;
    std::unique_ptr<SSL, TlsFree> tls_;
    std::string buffer_;
};

}  // namespace

mail::Result<std::unique_ptr<LineConnection>> connect_by_lines(const TlsLineSettings& settings)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure =
        ::getaddrinfo(settings.host.c_str(), std::to_string(settings.port).c_str(), &hints, &found);
    if (failure != 0)
        return temporary("the name " + settings.host +
                         " cannot be resolved: " + ::gai_strerror(failure));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
    int error = 0;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        Descriptor socket(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const timeval patience{15, 0};  // Linux bounds connect() by it, too
        ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(socket.get(), one->ai_addr, one->ai_addrlen) == 0)
            return std::unique_ptr<LineConnection>(
                std::make_unique<TlsLineConnection>(settings, std::move(socket)));
        error = errno;
    }
    return temporary("connect to " + settings.host + ":" + std::to_string(settings.port), error);
}

}  // namespace postman::oauth
