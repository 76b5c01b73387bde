#include "common/web/web_url.h"

#include <doctest/doctest.h>

#include "common/web/retry_after.h"

using namespace std::chrono_literals;
using mail::web::parse_retry_after;
using mail::web::parse_web_url;

TEST_SUITE("common/web_url")
{
    TEST_CASE("a provider's URL is its server and the request's target")
    {
        const auto url = mail::web::parse_web_url("https://oauth2.example:8443/token?x=y");
        REQUIRE(url);
        CHECK(url->server.text() == "https://oauth2.example:8443");
        CHECK(url->target == "/token?x=y");
        CHECK(mail::web::parse_web_url("https://a.example")->target == "/");
        CHECK(mail::web::parse_web_url("https://a.example?x")->target == "/?x");
        CHECK(mail::web::parse_web_url("https://a.example/token/")->target == "/token/");
    }

    TEST_CASE("what is no sound URL, or would show a secret, is refused")
    {
        for (const char* bad :
             {"", "a.example/token", "unix:/run/x", "ftp://a.example/", "https://", "https:///x",
              "https://u:p@a.example/", "https://a.example/a b", "https://a.example/#f",
              "https://a.example/\r\nX: y", "https://a.example:0/", "http://a.example/"}) {
            CAPTURE(bad);
            CHECK_FALSE(mail::web::parse_web_url(bad));
        }
        CHECK(mail::web::parse_web_url("http://127.0.0.1:80/token"));
    }

    TEST_CASE("Retry-After is seconds or a date, and a day at most (RFC 9110 10.2.3)")
    {
        const auto now = std::chrono::system_clock::from_time_t(784111777);
        CHECK(mail::web::parse_retry_after("120", now) == 120s);
        CHECK(mail::web::parse_retry_after("0", now) == 0s);
        CHECK(mail::web::parse_retry_after("99999999999999999999999", now) == 86400s);
        for (const char* date : {"Sun, 06 Nov 1994 08:51:37 GMT", "Sunday, 06-Nov-94 08:51:37 GMT",
                                 "Sun Nov  6 08:51:37 1994"}) {
            CAPTURE(date);
            CHECK(mail::web::parse_retry_after(date, now) == 120s);
        }
        CHECK(mail::web::parse_retry_after("Sat, 05 Nov 1994 08:51:37 GMT", now) == 0s);
        CHECK(mail::web::parse_retry_after("Sun, 06 Nov 1999 08:51:37 GMT", now) == 86400s);
        for (const char* bad : {"", "-1", "1.5", "soon", "12 ", "Sun, 06 Nov 1994"}) {
            CAPTURE(bad);
            CHECK_FALSE(mail::web::parse_retry_after(bad, now).has_value());
        }
    }
}
