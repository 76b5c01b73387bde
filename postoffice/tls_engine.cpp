#include "postoffice/tls_engine.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

namespace postoffice
{

void TlsEngine::Free::operator()(SSL* ssl) const
{
    SSL_free(ssl);
}

TlsEngine::TlsEngine(SSL_CTX& context) : ssl_(SSL_new(&context))
{
    input_ = BIO_new(BIO_s_mem());
    output_ = BIO_new(BIO_s_mem());
    if (!ssl_ || input_ == nullptr || output_ == nullptr) {
        BIO_free(input_);
        BIO_free(output_);
        throw std::bad_alloc();
    }
    BIO_set_mem_eof_return(input_, -1);  // empty is "not yet", not the end
    SSL_set_bio(ssl_.get(), input_, output_);
    SSL_set_accept_state(ssl_.get());
}

void TlsEngine::feed(std::string_view from_client)
{
    if (BIO_write(input_, from_client.data(), static_cast<int>(from_client.size())) !=
        static_cast<int>(from_client.size()))
        throw std::bad_alloc();
}

TlsEngine::Step TlsEngine::handshake()
{
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    return result == 1 ? Step::done : step_of(result);
}

TlsEngine::Plain TlsEngine::read(std::span<char> space)
{
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), space.data(), space.size(), &bytes);
    if (result == 1) return {Step::done, bytes};
    return {step_of(result), 0};
}

bool TlsEngine::write(std::string_view plain)
{
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &bytes);
    if (result == 1) return true;
    step_of(result);
    return false;
}

// After a failure the library wants nothing more said.
void TlsEngine::say_goodbye()
{
    ERR_clear_error();
    if (why_.empty() && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

std::string_view TlsEngine::pending() const
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(output_, &data);
    return std::string_view(data, static_cast<std::size_t>(size)).substr(sent_);
}

void TlsEngine::sent(std::size_t bytes)
{
    sent_ += bytes;
    if (!pending().empty()) return;
    BIO_reset(output_);
    sent_ = 0;
}

std::size_t TlsEngine::unread_bytes() const
{
    return static_cast<std::size_t>(SSL_pending(ssl_.get())) + BIO_ctrl_pending(input_);
}

bool TlsEngine::has_client_certificate() const
{
    return SSL_get0_peer_certificate(ssl_.get()) != nullptr &&
           SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

TlsEngine::Step TlsEngine::step_of(int result)
{
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Step::wants_input;
        case SSL_ERROR_ZERO_RETURN:
            return Step::ended;
        default:
            break;
    }
    const char* words = ERR_reason_error_string(ERR_peek_last_error());
    why_ = words == nullptr ? "broken" : words;
    ERR_clear_error();
    return Step::failed;
}

}  // namespace postoffice
