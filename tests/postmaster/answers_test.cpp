#include "postmaster/answers.h"

#include <doctest/doctest.h>

#include "postmaster/path_pattern.h"

using namespace postmaster;
using mail::Error;
using mail::ErrorKind;

TEST_SUITE("postmaster/answers")
{
    TEST_CASE("an error's words stay here: only its kind goes out")
    {
        for (const ErrorKind kind : {ErrorKind::malformed, ErrorKind::refused, ErrorKind::temporary,
                                     ErrorKind::conflict, ErrorKind::corrupt, ErrorKind::missing}) {
            const auto answer = answer_for(
                Error{kind, "sync /var/spool/postoffice/state on web1.corp.example", ENOSPC});
            CAPTURE(answer.body);
            CHECK(answer.status >= 400);
            CHECK(answer.body.find("/var") == std::string::npos);
            CHECK(answer.body.find("web1") == std::string::npos);
        }
        CHECK(answer_for(Error{ErrorKind::temporary, "x"}).status == 503);
        CHECK(answer_for(Error{ErrorKind::missing, "x"}).status == 404);
    }

    TEST_CASE("the address that nginx gives is believed only where nginx can be the peer")
    {
        struct Row {
            const char *peer, *forwarded, *from;
        };
        const Row rows[] = {
            {"unix", "203.0.113.9", "203.0.113.9"},
            {"unix", "6.6.6.6, 203.0.113.9", "203.0.113.9"},
            {"127.0.0.1", "2001:db8::1", "2001:db8::1"},
            {"192.0.2.1", "203.0.113.9", "192.0.2.1"},
            {"unix", "", "unix"},
            {"unix", "not an address", "unix"},
            {"unix", "203.0.113.9,", "unix"},
        };
        for (const Row& row : rows) {
            CAPTURE(row.forwarded);
            mail::http::Request request;
            request.peer = row.peer;
            if (*row.forwarded != '\0') request.fields = {{"X-Forwarded-For", row.forwarded}};
            CHECK(client_address(request) == row.from);
        }
    }

    TEST_CASE("a lease's token in a path is 32 lower-case hex digits and nothing else")
    {
        const std::string token = "0123456789abcdef0123456789abcdef";
        CHECK(match_path("/v1/leases/" + token, "/v1/leases/*") == token);
        CHECK(match_path("/v1/leases/" + token + "/outcomes", "/v1/leases/*/outcomes") == token);
        CHECK(match_path("/v1/leases", "/v1/leases") == "");
        for (const std::string& path :
             {"/v1/leases/" + token + "/", "/v1/leases/" + token.substr(1),
              "/v1/leases/" + token + "0",
              std::string("/v1/leases/0123456789ABCDEF0123456789abcdef"),
              std::string("/v1/leases/"), "/v1/leases//" + token.substr(1),
              "/v1/leases/" + token.substr(1) + "/"}) {
            CAPTURE(path);
            CHECK_FALSE(match_path(path, "/v1/leases/*"));
        }
    }
}
