#include "common/base64.h"

#include <doctest/doctest.h>

TEST_SUITE("common/base64")
{
    TEST_CASE("the test vectors of RFC 4648 10 go both ways")
    {
        const struct {
            const char* octets;
            const char* text;
        } rows[] = {
            {"", ""},
            {"f", "Zg=="},
            {"fo", "Zm8="},
            {"foo", "Zm9v"},
            {"foob", "Zm9vYg=="},
            {"fooba", "Zm9vYmE="},
            {"foobar", "Zm9vYmFy"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.text);
            CHECK(mail::base64_encode(row.octets) == row.text);
            CHECK(mail::base64_decode(row.text) == std::string(row.octets));
        }
    }

    TEST_CASE("the URL's alphabet has - and _ and no padding (RFC 4648 5, RFC 7515 C)")
    {
        CHECK(mail::base64url_encode("\x03\xec\xff\xe0\xc1") == "A-z_4ME");
        CHECK(mail::base64url_encode("f") == "Zg");
        CHECK(mail::base64url_encode("").empty());
    }

    TEST_CASE("every byte value survives")
    {
        std::string octets;
        for (int c = 0; c < 256; ++c) octets += static_cast<char>(c);
        CHECK(mail::base64_decode(mail::base64_encode(octets)) == octets);
    }

    TEST_CASE("what base64_encode never gives is refused")
    {
        for (const char* text :
             {"Z", "Zg", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Zm9v\r\n", "====", "Zm 9", "=Zm9"}) {
            CAPTURE(text);
            CHECK_FALSE(mail::base64_decode(text).has_value());
        }
    }
}
