#include "common/web/http_exchange.h"

#include <httplib.h>
#include <netdb.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <system_error>

#include "common/web/connection_watch.h"

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "compile with pkg-config's flags for cpp-httplib: header and library must agree"
#endif

namespace mail::web
{
namespace
{

using std::chrono::steady_clock;

constexpr std::chrono::seconds kConnectTimeout{15};
constexpr std::uint64_t kOverheadBytes = 1 << 20;  // of TLS, chunks and headers

mail::Error temporary(std::string what, int error = 0)
{
    return {mail::ErrorKind::temporary, std::move(what), error};
}

/// The library only says "connection": ask the system what is wrong.
mail::Error why_not_connected(const EndpointUrl& url)
{
    if (url.scheme == EndpointUrl::Scheme::unix_socket)
        return temporary("cannot connect to the socket " + url.host +
                         ": no such socket, or nobody listens");
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure =
        ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
    if (failure != 0)
        return temporary("the name " + url.host +
                         " cannot be resolved: " + ::gai_strerror(failure));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
    const int probe = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int error = 0;
    socklen_t length = sizeof error;
    if (probe >= 0 && ::connect(probe, found->ai_addr, found->ai_addrlen) != 0) {
        error = errno;
        pollfd ready{probe, POLLOUT, 0};
        if (error == EINPROGRESS) {
            error = ETIMEDOUT;
            if (::poll(&ready, 1, 1000) > 0)
                ::getsockopt(probe, SOL_SOCKET, SO_ERROR, &error, &length);
        }
    }
    if (probe >= 0) ::close(probe);
    return temporary("cannot connect", error);
}

std::string certificate_words(CertificateFault fault, const std::string& host,
                              const std::string& ca_option)
{
    switch (fault) {
        case CertificateFault::other_name:
            return "the server's certificate is for another name than " + host;
        case CertificateFault::expired:
            return "the server's certificate has expired";
        case CertificateFault::not_yet_valid:
            return "the server's certificate is not valid yet: is this host's clock right?";
        case CertificateFault::unknown_issuer:
            return "the server's certificate has an unknown issuer (give its CA with " + ca_option +
                   ")";
        default:
            return "the server's certificate is refused";
    }
}

std::string size_words(std::size_t bytes)
{
    if (bytes >= 1 << 20) return std::to_string(bytes >> 20) + " MiB";
    return std::to_string(bytes >> 10) + " KiB";
}

class HttplibExchange final : public HttpExchange
{
public:
    HttplibExchange(EndpointUrl url, const HttpCredentials& credentials, TlsFacts* facts)
        : url_(std::move(url)),
          ca_option_(credentials.ca_option),
          facts_(facts),
          client_(make_client(url_, credentials))
    {
        client_->set_keep_alive(true);
        client_->set_follow_location(false);
        client_->set_decompress(false);  // nothing is asked for compressed, so nothing may swell
        client_->set_connection_timeout(kConnectTimeout.count());
        if (!credentials.ca_file.empty()) client_->set_ca_cert_path(credentials.ca_file);
        client_->set_socket_options([this](int socket) {
            if (watch_ != nullptr) watch_->observe(socket);
        });
        if (facts_ != nullptr && url_.scheme == EndpointUrl::Scheme::https && is_usable())
            note_handshakes(static_cast<httplib::SSLClient&>(*client_).ssl_context(), *facts_);
        headers_ = {{"Accept", "application/json"},
                    {"Accept-Encoding", "identity"},
                    {"User-Agent", "postman"}};
        if (url_.scheme == EndpointUrl::Scheme::unix_socket) headers_.emplace("Host", "localhost");
        if (!credentials.user.empty())
            headers_.insert(
                httplib::make_basic_authentication_header(credentials.user, credentials.password));
    }

    bool is_usable() const { return client_->is_valid(); }

    mail::Result<HttpAnswer> ask(const HttpQuestion& question, const Sink& sink,
                                 std::stop_token stop) override
    try {
        const std::scoped_lock one_at_a_time(mutex_);
        ConnectionWatch watch(steady_clock::now() + question.deadline,
                              question.max_bytes + kOverheadBytes, std::move(stop));
        watch_ = &watch;
        if (client_->is_socket_open() != 0) watch.observe(client_->socket());
        auto answer = ask_watched(question, sink, watch);
        watch_ = nullptr;
        if (!answer) client_->stop();
        return answer;
    } catch (const std::system_error& lack) {
        return temporary(std::string("no thread to watch the connection: ") + lack.what());
    }

private:
    static std::unique_ptr<httplib::ClientImpl> make_client(const EndpointUrl& url,
                                                            const HttpCredentials& credentials)
    {
        if (url.scheme == EndpointUrl::Scheme::https) {
            auto client = std::make_unique<httplib::SSLClient>(
                url.host, url.port, credentials.cert_file, credentials.key_file);
            if (client->is_valid())
                ::SSL_CTX_set_min_proto_version(client->ssl_context(), TLS1_2_VERSION);
            return client;
        }
        auto client = std::make_unique<httplib::ClientImpl>(url.host, url.port);
        if (url.scheme == EndpointUrl::Scheme::unix_socket) client->set_address_family(AF_UNIX);
        return client;
    }

    httplib::Request request_for(const HttpQuestion& question) const
    {
        httplib::Request request;
        request.method = question.method;
        request.path = url_.prefix + question.target;
        request.headers = headers_;
        request.body = question.body;
        for (const auto& [name, value] : question.headers) {
            request.headers.erase(name);
            request.headers.emplace(name, value);
        }
        if (!question.body.empty()) request.headers.emplace("Content-Type", question.content_type);
        return request;
    }

    /// An error of these comes before the last byte of the request is written.
    static bool may_have_arrived(httplib::Error error)
    {
        return error != httplib::Error::Connection && error != httplib::Error::SSLConnection &&
               error != httplib::Error::SSLLoadingCerts &&
               error != httplib::Error::SSLServerVerification && error != httplib::Error::Write;
    }

    mail::Result<HttpAnswer> ask_watched(const HttpQuestion& question, const Sink& sink,
                                         const ConnectionWatch& watch)
    {
        HttpAnswer answer;
        std::size_t received = 0;
        bool is_too_long = false;
        httplib::Request request = request_for(question);
        const auto note_head = [&](const httplib::Response& head) {
            answer = {head.status,
                      head.get_header_value("Content-Type"),
                      head.get_header_value("Location"),
                      head.get_header_value("Retry-After"),
                      head.get_header_value("Date"),
                      head.get_header_value("Allow")};
            return true;
        };
        request.response_handler = note_head;
        request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                                       std::uint64_t) {
            received += size;
            is_too_long = received > question.max_bytes;
            if (is_too_long) return false;
            const bool is_wanted = answer.status == 200 || question.takes_any_body;
            return !is_wanted || sink(std::string_view(data, size));
        };
        client_->set_read_timeout(question.deadline.count());
        client_->set_write_timeout(question.deadline.count());
        const auto begun = steady_clock::now();
        const auto result = client_->send(request);
        if (result) {
            note_head(*result);  // an answer without a body has not been shown before
            return answer;
        }
        if (question.may_have_arrived != nullptr && may_have_arrived(result.error()))
            *question.may_have_arrived = true;
        if (is_too_long || watch.verdict() == ConnectionWatch::Verdict::too_much)
            return temporary("the answer is longer than " + size_words(question.max_bytes));
        if (watch.verdict() == ConnectionWatch::Verdict::stopped) return temporary("stopped");
        if (watch.verdict() == ConnectionWatch::Verdict::late)
            return temporary("no complete answer within " +
                             std::to_string(question.deadline.count()) + " s");
        return why_not(result.error(), steady_clock::now() - begun, answer.status != 0);
    }

    mail::Error why_not(httplib::Error error, steady_clock::duration took, bool has_begun) const
    {
        switch (error) {
            case httplib::Error::Connection:
                if (took >= kConnectTimeout)
                    return temporary("no connection within " +
                                     std::to_string(kConnectTimeout.count()) + " s");
                return why_not_connected(url_);
            case httplib::Error::SSLConnection:
                return temporary(
                    "no TLS: the other side speaks something else, or wants a client certificate");
            case httplib::Error::SSLLoadingCerts:
                return temporary("the CA file given with " + ca_option_ + " cannot be loaded");
            case httplib::Error::SSLServerVerification:
                return certificate_error();
            case httplib::Error::Canceled:
                return temporary("the answer could not be stored");
            case httplib::Error::Write:
                return temporary("the connection broke while asking");
            default:
                return temporary(has_begun ? "the answer was cut off"
                                           : "the connection ended without an answer");
        }
    }

    mail::Error certificate_error() const
    {
        const auto& tls = static_cast<const httplib::SSLClient&>(*client_);
        const long code = tls.get_openssl_verify_result();
        const std::string detail =
            code == X509_V_OK ? ""
                              : " (" + std::string(::X509_verify_cert_error_string(code)) + ")";
        const CertificateFault fault = certificate_fault(code);
        if (facts_ != nullptr) facts_->fault = fault;
        return {mail::ErrorKind::refused, certificate_words(fault, url_.host, ca_option_) + detail};
    }

    const EndpointUrl url_;
    const std::string ca_option_;
    TlsFacts* const facts_;
    std::mutex mutex_;
    ConnectionWatch* watch_ = nullptr;  // of the exchange at work
    std::unique_ptr<httplib::ClientImpl> client_;
    httplib::Headers headers_;
};

}  // namespace

mail::Result<std::unique_ptr<HttpExchange>> HttpExchange::make(const EndpointUrl& url,
                                                               const HttpCredentials& credentials,
                                                               TlsFacts* facts)
{
    auto exchange = std::make_unique<HttplibExchange>(url, credentials, facts);
    if (!exchange->is_usable())
        return mail::Error{mail::ErrorKind::refused,
                           "the client certificate or its key cannot be used: " +
                               credentials.cert_file + ", " + credentials.key_file};
    return std::unique_ptr<HttpExchange>(std::move(exchange));
}

}  // namespace mail::web
