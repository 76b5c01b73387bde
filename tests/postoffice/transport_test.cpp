// Transport over a pair of unix sockets, with OpenSSL's own client at the other end.
#include "postoffice/transport.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace asio = boost::asio;
using namespace postoffice;
using Local = asio::local::stream_protocol;

namespace
{

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Context server_context()
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> own(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(own.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(own.get()), 3600);
    X509_set_pubkey(own.get(), key.get());
    X509_sign(own.get(), key.get(), EVP_sha256());
    Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), own.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    SSL_CTX_set_num_tickets(context.get(), 0);
    return context;
}

/// A transport that reads for as long as it may, and a client that is driven by hand.
struct Line {
    Line()
    {
        Local::socket near(network);
        asio::local::connect_pair(near, far);
        far.non_blocking(true);
        transport.emplace(std::move(near), Peer());
        SSL_set_fd(client.get(), far.native_handle());
        asio::co_spawn(network, serve(), asio::detached);
        for (int turns = 0; SSL_connect(client.get()) != 1 && turns < 10; ++turns) network.poll();
    }
    asio::awaitable<void> serve()
    {
        std::array<char, 4096> space{};
        Transport::Error error;
        if (!co_await transport->start_tls(*context)) co_return;
        while (!error) {
            const auto [why, bytes] = co_await transport->read_some(space);
            heard.append(space.data(), bytes);
            error = why;
        }
    }
    /// False: the socket takes no more for now.
    bool change_keys()
    {
        const bool is_sent = SSL_key_update(client.get(), SSL_KEY_UPDATE_REQUESTED) == 1 &&
                             SSL_do_handshake(client.get()) == 1;
        network.poll();
        return is_sent;
    }

    asio::io_context network;
    Local::socket far{network};
    Context context = server_context();
    Context client_context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> client{SSL_new(client_context.get()), SSL_free};
    std::optional<Transport> transport;
    std::string heard;
};

}  // namespace

TEST_SUITE("postoffice/transport")
{
    TEST_CASE("a client that changes keys without end and reads no answer is not read on")
    {
        Line line;
        REQUIRE(SSL_is_init_finished(line.client.get()) == 1);
        int changes = 0;
        while (changes < 5000 && line.change_keys()) ++changes;
        CHECK(changes > 0);
        CHECK(changes < 5000);
    }

    TEST_CASE("who reads the answers may change keys as often as he likes (RFC 8446 4.6.3)")
    {
        Line line;
        std::array<char, 4096> space{};
        for (int i = 0; i < 1000; ++i) {
            REQUIRE(line.change_keys());
            SSL_read(line.client.get(), space.data(), static_cast<int>(space.size()));
        }
        REQUIRE(SSL_write(line.client.get(), "QUIT\r\n", 6) == 6);
        line.network.poll();
        CHECK(line.heard == "QUIT\r\n");
    }
}
