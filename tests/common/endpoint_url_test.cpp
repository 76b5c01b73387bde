#include "common/web/endpoint_url.h"

#include <doctest/doctest.h>

using mail::web::EndpointUrl;
using mail::web::parse_endpoint_url;

TEST_SUITE("common/endpoint_url")
{
    TEST_CASE("a URL says where to ask; without a scheme it means https")
    {
        const struct {
            const char* given;
            const char* text;
        } rows[] = {
            {"example.com/postoffice", "https://example.com/postoffice"},
            {"example.com/postoffice/", "https://example.com/postoffice"},
            {"example.com", "https://example.com"},
            {"https://example.com:443", "https://example.com"},
            {"example.com:8443/a/b", "https://example.com:8443/a/b"},
            {"https://[2001:db8::1]:8443/p", "https://[2001:db8::1]:8443/p"},
            {"http://127.0.0.1:8000", "http://127.0.0.1:8000"},
            {"http://localhost/p", "http://localhost/p"},
            {"http://[::1]:81", "http://[::1]:81"},
            {"unix:/run/postoffice/postmaster.socket", "unix:/run/postoffice/postmaster.socket"}};
        for (const auto& row : rows) {
            CAPTURE(row.given);
            const auto url = mail::web::parse_endpoint_url(row.given, false);
            REQUIRE(url);
            CHECK(url->text() == row.text);
        }
    }

    TEST_CASE("what could be misread is refused")
    {
        for (const char* bad : {"",
                                "/",
                                "https://",
                                "https:///p",
                                "ftp://example.com",
                                "user:pw@example.com",
                                "https://u@example.com",
                                "example.com:0",
                                "example.com:99999",
                                "example.com:x",
                                "example.com:",
                                "exa mple.com",
                                "example.com/a b",
                                "example.com/?q=1",
                                "example.com/#f",
                                "https://[::1",
                                "https://[x]/",
                                "-example.com",
                                "unix:relative",
                                "unix:",
                                "http://example.com",
                                "http://10.0.0.1",
                                "http://127.0.0.1.evil.example",
                                "example.com/\r\nX: y"}) {
            CAPTURE(bad);
            CHECK_FALSE(mail::web::parse_endpoint_url(bad, false));
        }
    }

    TEST_CASE("http to another host only where the operator says so")
    {
        CHECK(mail::web::parse_endpoint_url("http://example.com", true));
        CHECK(mail::web::parse_endpoint_url("http://example.com", false).error().kind ==
              mail::ErrorKind::refused);
    }
}
