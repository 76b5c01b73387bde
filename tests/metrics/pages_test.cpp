#include "common/metrics/pages.h"

#include <doctest/doctest.h>

using namespace mail::metrics;
using mail::http::Request;

namespace
{

Request asked(const char* method, const char* path, const char* peer = "unix",
              const char* host = "")
{
    Request request;
    request.method = method;
    request.path = path;
    request.peer = peer;
    request.fields.emplace_back("Host", host);
    return request;
}

}  // namespace

TEST_SUITE("common/metrics/pages")
{
    TEST_CASE("pages are for reading alone")
    {
        Pages pages;
        pages.add("/a", [] { return text_page("text", "text/plain"); });
        CHECK(pages.handle(asked("GET", "/a")).body == "text");
        CHECK(pages.handle(asked("HEAD", "/a")).status == 200);
        for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
            CAPTURE(method);
            const auto answer = pages.handle(asked(method, "/a"));
            CHECK(answer.status == 405);
            CHECK(mail::http::find_field(answer.fields, "Allow") == "GET, HEAD");
        }
        CHECK(pages.handle(asked("GET", "/b")).status == 404);
        CHECK(pages.handle(asked("GET", "/a/")).status == 404);
    }

    TEST_CASE("over TCP it is asked by address or as localhost: no name that points here will do")
    {
        Pages pages;
        pages.add("/a", [] { return text_page("text", "text/plain"); });
        CHECK(pages.handle(asked("GET", "/a", "127.0.0.1", "evil.example:9")).status == 403);
        CHECK(pages.handle(asked("GET", "/a", "127.0.0.1", "127.0.0.1:9")).status == 200);
        CHECK(pages.handle(asked("GET", "/a", "unix", "evil.example")).status == 200);
        for (const char* host : {"", "localhost", "localhost:9", "127.0.0.1", "[::1]:9", "[::1]"})
            CHECK_MESSAGE(is_local_host(host), host);
        for (const char* host : {"localhost.evil.example", "127.0.0.1.evil.example", "evil", "[::1",
                                 "[evil]", "127.0.0.1@evil.example"})
            CHECK_FALSE_MESSAGE(is_local_host(host), host);
    }

    TEST_CASE("alarms are 503 with one reason a line, and ok without any")
    {
        CHECK(alarms_page({}).status == 200);
        CHECK(alarms_page({}).body == "ok\n");
        CHECK(alarms_page({"a", "b"}).status == 503);
        CHECK(alarms_page({"a", "b"}).body == "a\nb\n");
    }
}
