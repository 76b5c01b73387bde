#include "postman/smtp/smarthost.h"

#include <doctest/doctest.h>

using namespace postman;

TEST_SUITE("postman/smtp/smarthost")
{
    TEST_CASE("a URL says scheme, user, host and port")
    {
        const struct {
            const char* given;
            const char* described;
        } rows[] = {
            {"smtp://mx.provider.example", "smtp://mx.provider.example:587"},
            {"smtp://mx.provider.example:2525/", "smtp://mx.provider.example:2525"},
            {"smtps://web@mx.provider.example", "smtps://web@mx.provider.example:465"},
            {"smtp://web@shop.example@mx.example:25", "smtp://web@shop.example@mx.example:25"},
            {"smtp://web%40shop.example@mx.example", "smtp://web@shop.example@mx.example:587"},
            {"smtp:localhost", "smtp://localhost:25"},
            {"smtp:localhost:2525", "smtp://localhost:2525"},
            {"smtp://127.0.0.1", "smtp://127.0.0.1:25"},
            {"smtp://[::1]:26", "smtp://[::1]:26"},
            {"lmtp://[2001:db8::5]", "lmtp://[2001:db8::5]:24"},
            {"lmtp:/run/dovecot/lmtp", "lmtp:/run/dovecot/lmtp"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.given);
            CHECK(names_smarthost(row.given));
            const auto smarthost = parse_smarthost(row.given);
            REQUIRE(smarthost);
            CHECK(describe(*smarthost) == row.described);
        }
    }

    TEST_CASE("what could be misread is refused, a password above all")
    {
        for (const char* bad : {"smtp:",
                                "smtp://",
                                "smtp://@host",
                                "smtp://user:secret@host",
                                "smtp://host:0",
                                "smtp://host:65536",
                                "smtp://host:25x",
                                "smtp://[::1",
                                "smtp://[host]",
                                "smtp://::1",
                                "smtp://ho st",
                                "smtp://host/path",
                                "smtp:/run/socket",
                                "smtp://u%4@host",
                                "smtp://u%zz@host",
                                "smtp://u%0d%0aRSET@host",
                                "smtp://-oProxy",
                                "lmtp:///run/socket",
                                "smtp://ho\r\nst",
                                "imap://host",
                                "sendmail"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_smarthost(bad));
        }
        CHECK_FALSE(names_smarthost("sendmail:/usr/sbin/sendmail"));
        CHECK_FALSE(names_smarthost("smtpx://host"));
    }

    TEST_CASE("loopback is an address or localhost, never a name that claims to be")
    {
        for (const char* near : {"smtp:localhost", "smtp:127.3.2.1", "smtp:[::1]", "lmtp:/run/s"})
            CHECK(is_on_loopback(parse_smarthost(near).value()));
        for (const char* far : {"smtp:127.0.0.1.evil.example", "smtp:localhost.evil.example",
                                "smtp:10.0.0.1", "smtp:[::2]", "smtp:127.example"})
            CHECK_FALSE(is_on_loopback(parse_smarthost(far).value()));
    }

    TEST_CASE("mechanisms are named as EHLO names them, in any case")
    {
        const auto mechanisms = parse_mechanisms("cram-md5,PLAIN");
        REQUIRE(mechanisms);
        CHECK(*mechanisms == std::vector{Mechanism::cram_md5, Mechanism::plain});
        CHECK_FALSE(parse_mechanisms(""));
        CHECK_FALSE(parse_mechanisms("PLAIN,"));
        CHECK_FALSE(parse_mechanisms("GSSAPI"));
    }

    TEST_CASE("TLS over a unix socket wants the certificate's name, or a pinned key alone")
    {
        const std::string pin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        Smarthost socket = parse_smarthost("lmtp:/run/lmtp").value();
        CHECK_FALSE(fault_in(socket));
        socket.tls.ca = "/ca.pem";
        CHECK(fault_in(socket));
        socket.tls.pins = {pin};
        CHECK(fault_in(socket));  // a CA is asked besides, so a name is compared
        socket.tls.name = "lmtp.example";
        CHECK_FALSE(fault_in(socket));
        socket.tls = {.pins = {pin}};
        CHECK_FALSE(fault_in(socket));
        socket.tls = {.cert = "/c.pem", .key = "/k.pem"};
        CHECK(fault_in(socket));
    }

    TEST_CASE("what does not go together is said before anything is leased")
    {
        const auto with = [](auto change) {
            Smarthost smarthost = parse_smarthost("smtp://web@mx.example").value();
            smarthost.password = [](std::stop_token) -> mail::Result<std::string> {
                return std::string("secret");
            };
            change(smarthost);
            return fault_in(smarthost).has_value();
        };
        CHECK_FALSE(with([](Smarthost&) {}));
        CHECK_FALSE(with([](Smarthost& s) { s.helo = "courier.example"; }));
        CHECK_FALSE(with([](Smarthost& s) {
            s.tls.pins = {"sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="};
        }));
        CHECK(with([](Smarthost& s) { s.password = nullptr; }));
        CHECK(with([](Smarthost& s) { s.user.clear(); }));
        CHECK(with([](Smarthost& s) { s.tls.cert = "/c.pem"; }));
        CHECK(with([](Smarthost& s) { s.tls.pins = {"47DEQpj8HBSa"}; }));
        CHECK(with([](Smarthost& s) { s.mechanisms = {Mechanism::external}; }));
        CHECK(with([](Smarthost& s) { s.mechanisms = {Mechanism::xoauth2}; }));
        CHECK(with([](Smarthost& s) { s.helo = "two words"; }));
        CHECK(with([](Smarthost& s) { s.helo = "x\r\nMAIL FROM:<>"; }));
        CHECK(with([](Smarthost& s) { s.helo = ""; }));
    }
}
