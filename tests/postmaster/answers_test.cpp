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
