// TlsCredentials and TlsEngine against OpenSSL's own client, all in memory.
#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string>

#include "postoffice/tls_credentials.h"
#include "postoffice/tls_engine.h"
#include "tests/support/temporary_directory.h"

using namespace postoffice;
using Step = TlsEngine::Step;

namespace
{

std::string pem_of(const auto& write)
{
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
    write(bio.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

/// A self-signed certificate and its key as PEM files.
struct Identity {
    Identity(const std::string& folder, const std::string& name, long seconds = 86'400)
        : certificate(folder + "/" + name + ".pem"), key(folder + "/" + name + ".key")
    {
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"),
                                                                       EVP_PKEY_free);
        const std::unique_ptr<X509, decltype(&X509_free)> own(X509_new(), X509_free);
        X509_set_version(own.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(own.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(own.get()), -2 * 86'400);
        X509_gmtime_adj(X509_getm_notAfter(own.get()), seconds);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(own.get()), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(own.get(), X509_get_subject_name(own.get()));
        X509_set_pubkey(own.get(), pair.get());
        X509_sign(own.get(), pair.get(), EVP_sha256());
        std::ofstream(certificate) << pem_of([&](BIO* to) { PEM_write_bio_X509(to, own.get()); });
        std::ofstream(key) << pem_of([&](BIO* to) {
            PEM_write_bio_PrivateKey(to, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
        ::chmod(key.c_str(), 0600);
    }
    std::string certificate;
    std::string key;
};

struct Files {
    mail::test::TemporaryDirectory folder;
    Identity first{folder.path(), "first"};
    Identity second{folder.path(), "second"};

    TlsFiles of(const Identity& identity) const
    {
        return {identity.certificate, identity.key, "", false};
    }
};

/// OpenSSL as a client.
class Client
{
public:
    explicit Client(int newest = 0) : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free)
    {
        SSL_CTX_set_security_level(context_.get(), 0);
        if (newest != 0) SSL_CTX_set_max_proto_version(context_.get(), newest);
    }
    void use(const Identity& identity)
    {
        SSL_CTX_use_certificate_file(context_.get(), identity.certificate.c_str(),
                                     SSL_FILETYPE_PEM);
        SSL_CTX_use_PrivateKey_file(context_.get(), identity.key.c_str(), SSL_FILETYPE_PEM);
    }
    void begin()
    {
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_.get());
        SSL_do_handshake(ssl_.get());
    }
    void write(std::string_view text)
    {
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    }
    void say_goodbye() { SSL_shutdown(ssl_.get()); }
    std::string read()
    {
        std::array<char, 65'536> space{};
        const int size = SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()));
        return {space.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    }
    /// What it wants to send.
    std::string sent()
    {
        std::array<char, 65'536> space{};
        const int size =
            BIO_read(SSL_get_wbio(ssl_.get()), space.data(), static_cast<int>(space.size()));
        return {space.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
    }
    void hear(std::string_view bytes)
    {
        BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
        SSL_do_handshake(ssl_.get());
    }
    bool is_ready() const { return SSL_is_init_finished(ssl_.get()) == 1; }

private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

void tell(TlsEngine& engine, Client& client)
{
    client.hear(engine.pending());
    engine.sent(engine.pending().size());
}

/// The handshake, in pieces of `piece` bytes.
Step handshake(TlsEngine& engine, Client& client, std::size_t piece = 65'536)
{
    client.begin();
    Step step = Step::wants_input;
    for (int turns = 0; step == Step::wants_input && turns < 10; ++turns) {
        const std::string bytes = client.sent();
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            engine.feed(std::string_view(bytes).substr(at, piece));
            step = engine.handshake();
        }
        tell(engine, client);
    }
    return step;
}

std::string read_all(TlsEngine& engine)
{
    std::string all;
    std::array<char, 7> space{};
    for (auto plain = engine.read(space); plain.step == Step::done; plain = engine.read(space))
        all.append(space.data(), plain.bytes);
    return all;
}

}  // namespace

TEST_SUITE("postoffice/tls")
{
    TEST_CASE_FIXTURE(Files, "text goes through in both directions, the handshake split anywhere")
    {
        const auto credentials = TlsCredentials::load(of(first));
        REQUIRE(credentials);
        CHECK_FALSE(credentials->has_expired());
        for (const std::size_t piece : {1U, 5U, 100U, 65'536U}) {
            CAPTURE(piece);
            TlsEngine engine(credentials->context());
            Client client;
            REQUIRE(handshake(engine, client, piece) == Step::done);
            CHECK_FALSE(engine.has_client_certificate());

            client.write("EHLO a\r\nMAIL");
            engine.feed(client.sent());
            CHECK(engine.unread_bytes() >= 12);
            CHECK(read_all(engine) == "EHLO a\r\nMAIL");
            CHECK(engine.unread_bytes() == 0);

            REQUIRE(engine.write("250 Ok\r\n"));
            REQUIRE(engine.write("250 again\r\n"));
            tell(engine, client);
            CHECK(client.read() == "250 Ok\r\n");
            CHECK(client.read() == "250 again\r\n");
            CHECK(engine.pending().empty());
        }
    }

    TEST_CASE_FIXTURE(Files, "what was sent in part goes on where it stopped")
    {
        const auto credentials = TlsCredentials::load(of(first));
        TlsEngine engine(credentials->context());
        Client client;
        REQUIRE(handshake(engine, client) == Step::done);
        const std::string text(50'000, 'x');
        REQUIRE(engine.write(text));
        while (!engine.pending().empty()) {
            const std::string_view some = engine.pending().substr(0, 999);
            client.hear(some);
            engine.sent(some.size());
        }
        std::string heard;
        for (std::string part = client.read(); !part.empty(); part = client.read()) heard += part;
        CHECK(heard == text);
    }

    TEST_CASE_FIXTURE(Files, "TLS 1.2 is taken and TLS 1.1 is not (RFC 8996)")
    {
        const auto credentials = TlsCredentials::load(of(first));
        TlsEngine engine(credentials->context());
        Client client(TLS1_2_VERSION);
        CHECK(handshake(engine, client) == Step::done);

        TlsEngine stricter(credentials->context());
        Client older(TLS1_1_VERSION);
        CHECK(handshake(stricter, older) == Step::failed);
        CHECK(stricter.why() == "unsupported protocol");
        CHECK_FALSE(older.is_ready());
    }

    TEST_CASE_FIXTURE(Files, "commands instead of a handshake are no handshake")
    {
        const auto credentials = TlsCredentials::load(of(first));
        TlsEngine engine(credentials->context());
        engine.feed("MAIL FROM:<evil@x.example>\r\n");
        CHECK(engine.handshake() == Step::failed);
        std::array<char, 100> space{};
        CHECK(engine.read(space).step == Step::failed);
        CHECK_FALSE(engine.write("250 Ok\r\n"));
        engine.say_goodbye();
    }

    TEST_CASE_FIXTURE(Files, "bytes changed on the way break the connection")
    {
        const auto credentials = TlsCredentials::load(of(first));
        TlsEngine engine(credentials->context());
        Client client;
        REQUIRE(handshake(engine, client) == Step::done);
        client.write("MAIL FROM:<a@b.example>\r\n");
        std::string bytes = client.sent();
        bytes.back() = static_cast<char>(bytes.back() ^ 1);
        engine.feed(bytes);
        std::array<char, 100> space{};
        CHECK(engine.read(space).step == Step::failed);
    }

    TEST_CASE_FIXTURE(Files, "each side can say that it ends")
    {
        const auto credentials = TlsCredentials::load(of(first));
        TlsEngine engine(credentials->context());
        Client client;
        REQUIRE(handshake(engine, client) == Step::done);
        engine.say_goodbye();
        CHECK_FALSE(engine.pending().empty());
        client.say_goodbye();
        engine.feed(client.sent());
        std::array<char, 100> space{};
        CHECK(engine.read(space).step == Step::ended);
    }

    TEST_CASE_FIXTURE(Files,
                      "a client's certificate counts where it is of the CA, and is asked for")
    {
        TlsFiles files = of(first);
        files.client_ca = second.certificate;
        files.requires_certificate = true;
        const auto credentials = TlsCredentials::load(files);
        REQUIRE(credentials);
        SUBCASE("the right one")
        {
            TlsEngine engine(credentials->context());
            Client client;
            client.use(second);
            CHECK(handshake(engine, client) == Step::done);
            CHECK(engine.has_client_certificate());
        }
        SUBCASE("none")
        {
            TlsEngine engine(credentials->context());
            Client client;
            CHECK(handshake(engine, client) == Step::failed);
        }
        SUBCASE("another one")
        {
            TlsEngine engine(credentials->context());
            Client client;
            client.use(first);
            CHECK(handshake(engine, client) == Step::failed);
        }
        SUBCASE("none, where one is only asked for")
        {
            files.requires_certificate = false;
            const auto asking = TlsCredentials::load(files);
            TlsEngine engine(asking->context());
            Client client;
            CHECK(handshake(engine, client) == Step::done);
            CHECK_FALSE(engine.has_client_certificate());
        }
    }

    TEST_CASE_FIXTURE(Files, "files that do not hold together are refused, with their names")
    {
        const std::string half = folder.path() + "/half.pem";
        {
            std::ifstream whole(first.certificate);
            std::string text(std::istreambuf_iterator<char>(whole), {});
            std::ofstream(half) << text << text.substr(0, text.size() / 2);
        }
        const std::string open = folder.path() + "/open.key";
        std::ofstream(open) << "x";
        ::chmod(open.c_str(), 0644);
        struct Row {
            TlsFiles files;
            std::string says;
        };
        const Row rows[] = {
            {{first.certificate, second.key, "", false}, second.key + " does not match"},
            {{folder.path() + "/none", first.key, "", false}, folder.path() + "/none"},
            {{first.certificate, folder.path() + "/none", "", false}, folder.path() + "/none"},
            {{first.key, first.key, "", false}, "no certificate in PEM form"},
            {{half, first.key, "", false}, half},
            {{first.certificate, open, "", false}, "open to everyone"},
            {{first.certificate, first.key, first.key, false}, "no certificate in PEM form"},
            {{first.certificate, first.key, half, false}, half},
            {{folder.path(), first.key, "", false}, "Is a directory"},
            {{first.certificate, first.certificate, "", false}, first.certificate},
        };
        for (const Row& row : rows) {
            CAPTURE(row.says);
            const auto loaded = TlsCredentials::load(row.files);
            REQUIRE_FALSE(loaded);
            CHECK(loaded.error().kind == mail::ErrorKind::refused);
            CHECK(loaded.error().describe().find(row.says) != std::string::npos);
        }
    }

    TEST_CASE_FIXTURE(Files, "what cannot be read again leaves in force what was")
    {
        auto credentials = TlsCredentials::load(of(first));
        REQUIRE(credentials);
        const SSL_CTX* const before = &credentials->context();
        std::ofstream(first.certificate) << std::ifstream(second.certificate).rdbuf();
        CHECK_FALSE(credentials->reload());
        CHECK(&credentials->context() == before);

        std::ofstream(first.key) << std::ifstream(second.key).rdbuf();
        CHECK(credentials->reload());
        CHECK(&credentials->context() != before);

        const Identity expired(folder.path(), "expired", -86'400);
        const SSL_CTX* const good = &credentials->context();
        std::ofstream(first.certificate) << std::ifstream(expired.certificate).rdbuf();
        std::ofstream(first.key) << std::ifstream(expired.key).rdbuf();
        const auto reloaded = credentials->reload();
        REQUIRE_FALSE(reloaded);
        CHECK(reloaded.error().step.find("ended on") != std::string::npos);
        CHECK(&credentials->context() == good);
        const auto anew = TlsCredentials::load(of(expired));
        REQUIRE(anew);
        CHECK(anew->has_expired());
    }
}
