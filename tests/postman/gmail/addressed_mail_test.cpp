#include "postman/gmail/addressed_mail.h"

#include <doctest/doctest.h>

using postman::address_mail;
using List = std::vector<std::string>;

namespace
{

constexpr const char* kRest = "Subject: x\r\n";

std::string refusal(const std::string& content, const List& recipients)
{
    const auto mail = address_mail(content, recipients);
    return mail ? "" : mail.error().step;
}

}  // namespace

TEST_SUITE("postman/addressed_mail")
{
    TEST_CASE("a mail whose header names all its recipients goes byte for byte")
    {
        const std::string content =
            "To: Ann <ann@example.org>\r\nCC: Bob@Example.net\r\nSubject: x\r\n\r\nHi\r\n";
        const auto mail = address_mail(content, {"bob@example.net", "ann@example.org"});
        REQUIRE(mail);
        CHECK(mail->content == content);
        CHECK(mail->carried.size() == 2);
    }

    TEST_CASE("recipients that no header names travel in Bcc, one a line (RFC 5322 3.6.3)")
    {
        const auto mail = address_mail("To: ann@example.org\r\n\r\nHi\r\n",
                                       {"ann@example.org", "bob@example.net", "eve@example.com"});
        REQUIRE(mail);
        CHECK(mail->content ==
              "To: ann@example.org\r\nBcc: bob@example.net,\r\n eve@example.com\r\n\r\nHi\r\n");
    }

    TEST_CASE("the application's own Bcc goes: of it, only who is pending is served")
    {
        const auto mail = address_mail(
            "Bcc: old@example.org,\r\n bob@example.net\r\nTo: ann@example.org\r\n"
            "bcc : done@example.org\r\n\r\nHi\r\n",
            {"ann@example.org", "bob@example.net"});
        REQUIRE(mail);
        CHECK(mail->content == "To: ann@example.org\r\nBcc: bob@example.net\r\n\r\nHi\r\n");
    }

    TEST_CASE("a mail whose header names somebody who is not pending does not go")
    {
        const std::string head = "To: ann@example.org, bob@example.net\r\n";
        CHECK(refusal(head + kRest + "\r\nHi\r\n", {"ann@example.org"}).find("bob@example.net") !=
              std::string::npos);
        CHECK(refusal("Cc: bob@example.net\r\n\r\n", {"ann@example.org"}) != "");
        CHECK(refusal("To: a@example.org\r\nTo: b@example.org\r\n\r\n", {"a@example.org"}) != "");
        CHECK(refusal("To: a@example.org\r\nTo : b@example.org\r\n\r\n", {"a@example.org"}) != "");
        CHECK(refusal(head + "\r\n", {"ann@example.org", "bob@example.net"}) == "");
    }

    TEST_CASE("a field of recipients that leaves a doubt stops the mail")
    {
        CHECK(refusal("To: root\r\n\r\n", {"root@example.org"}) != "");
        CHECK(refusal("To: a@example.org; b@example.org\r\n\r\n",
                      {"a@example.org", "b@example.org"}) != "");
    }

    TEST_CASE("a header that readers may cut differently stops the mail")
    {
        for (const char* header : {
                 "Subject: x\rBcc: eve@example.com\r\n",
                 "Subject: x\nBcc : y\n",
                 "Subject: a\x01z\r\n",
                 "Subject: x\r\n \r\nTo: ann@example.org\r\n",
                 "Subject: x\r\n\t\r\n",
             }) {
            CAPTURE(header);
            CHECK(refusal(std::string(header) + "\r\nHi\r\n", {"ann@example.org"}) != "");
        }
        CHECK(refusal(std::string("Subject: a\0z\r\n\r\n", 16), {"ann@example.org"}) != "");
        CHECK(refusal("Subject: x\r\n\ty\r\n\r\nHi\r\n", {"ann@example.org"}) == "");
    }

    TEST_CASE("what a broken line made body stays body for every reader")
    {
        const auto mail = address_mail("Subject: x\r\nno field\r\nBcc: eve@example.com\r\n\r\nHi",
                                       {"ann@example.org"});
        REQUIRE(mail);
        CHECK(
            mail->content ==
            "Subject: x\r\nBcc: ann@example.org\r\n\r\nno field\r\nBcc: eve@example.com\r\n\r\nHi");
        const auto bare = address_mail("Hi\r\n", {"ann@example.org"});
        REQUIRE(bare);
        CHECK(bare->content == "Bcc: ann@example.org\r\n\r\nHi\r\n");
        const auto cut = address_mail("Subject: x", {"ann@example.org"});
        REQUIRE(cut);
        CHECK(cut->content == "Subject: x\r\nBcc: ann@example.org\r\n\r\n");
    }

    TEST_CASE("a recipient that no header can carry is left out and told")
    {
        const auto mail = address_mail("To: ann@example.org\r\n\r\n",
                                       {"root", "ann@example.org", "a@x.example, b@y.example"});
        REQUIRE(mail);
        CHECK(mail->unfit == List{"root", "a@x.example, b@y.example"});
        CHECK(mail->carried == List{"ann@example.org"});
        CHECK(mail->content == "To: ann@example.org\r\n\r\n");
    }

    TEST_CASE("a recipient given twice is named once")
    {
        const auto mail = address_mail("\r\nHi", {"ann@example.org", "ANN@example.org"});
        REQUIRE(mail);
        CHECK(mail->content == "Bcc: ann@example.org\r\n\r\nHi");
    }
}
