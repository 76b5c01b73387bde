#include "postoffice/reply.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace postoffice;

namespace
{

std::string wire(const Reply& reply)
{
    std::string text;
    reply.append_to(text);
    return text;
}

}  // namespace

TEST_SUITE("postoffice/reply")
{
    TEST_CASE("each line of a reply has the code and the enhanced code (RFC 5321 4.2, RFC 2034)")
    {
        CHECK(wire({250, "2.0.0", "Ok"}) == "250 2.0.0 Ok\r\n");
        CHECK(wire({250, "", "localhost\nPIPELINING\nSIZE 1"}) ==
              "250-localhost\r\n250-PIPELINING\r\n250 SIZE 1\r\n");
        CHECK(wire({214, "2.0.0", "a\nb"}) == "214-2.0.0 a\r\n214 2.0.0 b\r\n");
    }

    TEST_CASE("every trouble of our own is a 4xx, and says nothing of our disk (RFC 3463)")
    {
        using mail::Error;
        using mail::ErrorKind;
        const ErrorKind kinds[] = {ErrorKind::malformed, ErrorKind::refused, ErrorKind::temporary,
                                   ErrorKind::conflict,  ErrorKind::corrupt, ErrorKind::missing};
        for (const ErrorKind kind : kinds) {
            const Reply reply = reply_for(Error{kind, "sync /var/spool/secret", EIO});
            CHECK(reply.code == 451);
            CHECK(reply.enhanced == "4.3.0");
            CHECK(reply.text.find("secret") == std::string::npos);
        }
        for (const int full : {ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE}) {
            const Reply reply = reply_for(Error{ErrorKind::temporary, "write", full});
            CHECK(reply.code == 452);
            CHECK(reply.enhanced == "4.3.1");
        }
    }
}
