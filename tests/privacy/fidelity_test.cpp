/// What must survive, by name: each of these mails goes through the whole inspection beside fields
/// that go, with values of the origin looked for, and leaves byte for byte.
#include "tests/privacy/fidelity.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/privacy/inspection_rules.h"

using namespace mail::privacy;

namespace
{

using Verdict = Inspection::Verdict;

InspectionRules rules()
{
    auto rules = mail::test::inspection_rules(
        {"web1.corp.example", "203.0.113.5", "10.0.0.0/8", "www-data", "/var/www"});
    REQUIRE(rules.scrub.senders.add("@web1.corp.example=app@shop.example"));
    return rules;
}

Inspection inspected(const std::string& content)
{
    const mail::Envelope envelope{"orders@shop.example", {"ann@example.org"}, false};
    auto result = inspect(content, envelope, rules());
    const Scrubbed scrubbed{result.content, result.actions, 0, result.changes, {}};
    CHECK(mail::test::difference_beyond_actions(content, scrubbed) == "");
    return result;
}

/// As it is, and again between fields that go.
void check_survives(const std::string& content)
{
    CAPTURE(content);
    const auto alone = inspected(content);
    CHECK(alone.verdict == Verdict::clean);
    CHECK(alone.content == content);
    const auto beside = inspected("Received: from web1\r\nX-Mailer: y\r\n" + content);
    CHECK(beside.verdict == Verdict::cleaned);
    CHECK(beside.content == content);
}

std::string id_of(const std::string& mail)
{
    const auto begin = mail.find("Message-ID: ") + 12;
    return mail.substr(begin, mail.find('>', begin) + 1 - begin);
}

}  // namespace

TEST_SUITE("privacy/fidelity")
{
    TEST_CASE("A thread holds through mapped identifiers over three mails (RFC 5322 3.6.4)")
    {
        const std::string from = "From: Shop <orders@shop.example>\r\n";
        const auto first =
            inspected(from + "Message-ID: <1.cb007105@shop.example>\r\n\r\nx\r\n").content;
        const auto second = inspected(from +
                                      "Message-ID: <2@web1.corp.example>\r\n"
                                      "In-Reply-To: <1.cb007105@shop.example>\r\n"
                                      "References: <1.cb007105@shop.example>\r\n\r\nx\r\n")
                                .content;
        const auto third = inspected(from +
                                     "Message-ID: <3@web1.corp.example>\r\n"
                                     "In-Reply-To: <2@web1.corp.example>\r\n"
                                     "References: <0@customer.example>\r\n"
                                     " <1.cb007105@shop.example>\r\n"
                                     "\t<2@web1.corp.example>\r\n"
                                     "Thread-Index: AdkX2x5S1rG7Z0ZQSk6Z1w==\r\n\r\nx\r\n")
                               .content;
        CHECK(id_of(first) != "<1.cb007105@shop.example>");
        CHECK(second.find("In-Reply-To: " + id_of(first) + "\r\nReferences: " + id_of(first) +
                          "\r\n") != std::string::npos);
        CHECK(third.find("In-Reply-To: " + id_of(second) +
                         "\r\nReferences: <0@customer.example>\r\n " + id_of(first) + "\r\n\t" +
                         id_of(second) + "\r\nThread-Index: AdkX2x5S1rG7Z0ZQSk6Z1w==\r\n") !=
              std::string::npos);
    }

    TEST_CASE("List-Unsubscribe and List-Unsubscribe-Post survive (RFC 2369, 8058)")
    {
        check_survives(
            "From: Shop <orders@shop.example>\r\n"
            "List-Id: News <news.shop.example>\r\n"
            "List-Unsubscribe: <mailto:u@shop.example?subject=u%2F1>,\r\n"
            " <https://shop.example/u/6f2a90c1?x=%3D1>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            "Precedence: bulk\r\nFeedback-ID: 1:2:3:shop\r\nAuto-Submitted: auto-generated\r\n"
            "\r\nx\r\n");
    }

    TEST_CASE("A calendar invitation survives (RFC 6047)")
    {
        check_survives(
            "From: Shop <orders@shop.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_x\"\r\n\r\n"
            "--=_x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nMeet at 10.\r\n"
            "--=_x\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n"
            "QkVHSU46VkNBTEVOREFSDQpNRVRIT0Q6UkVRVUVTVA0KRU5EOlZDQUxFTkRBUg0K\r\n--=_x--\r\n");
    }

    TEST_CASE("Fields in UTF-8 and in 8-bit characters survive (RFC 6532)")
    {
        check_survives(
            "From: J\xC3\xBCrgen <j\xC3\xBCrgen@b\xC3\xBC"
            "cher.example>\r\nSubject: Gr\xC3\xBC\xC3\x9F"
            "e \xE2\x82\xAC\r\nComments: caf\xE9\r\n\r\nx\r\n");
    }

    TEST_CASE("Duplicate fields, their order and their case survive")
    {
        check_survives(
            "subject: one\r\nSUBJECT: two\r\nFrom: a@shop.example\r\nSubject: one\r\n"
            "X-Tag: b\r\nX-Tag: a\r\nX-Tag: b\r\n\r\nx\r\n");
    }

    TEST_CASE("Folding survives, on lines of white space too (RFC 5322 4.2)")
    {
        check_survives(
            "Subject: one\r\n two\r\n\t \r\n three\r\nFrom:\r\n a@shop.example\r\n\r\nx");
    }

    TEST_CASE("Lines and fields over 998 octets survive (RFC 5322 2.1.1)")
    {
        const std::string wide(2000, 'w');
        check_survives("From: a@shop.example\r\nSubject: " + wide + "\r\nReferences: <" + wide +
                       "@customer.example>\r\n\r\n" + wide + wide + "\r\n");
        std::string folded = "To:";
        for (int i = 0; i < 300; ++i) folded += " a" + std::to_string(i) + "@example.org,\r\n";
        check_survives(folded + " b@example.org\r\n\r\nx");
    }

    TEST_CASE("Signed mail survives, whatever is in it (RFC 1847)")
    {
        check_survives(
            "From: a@shop.example\r\nContent-Type: multipart/signed; micalg=pgp-sha256; "
            "protocol=\"application/pgp-signature\"; boundary=B\r\n\r\n"
            "--B\r\nContent-Type: message/rfc822\r\n\r\nReceived: from other.example\r\n"
            "X-Mailer: z\r\nSubject: x\r\n\r\ntrailing space \r\n--B\r\n"
            "Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\n"
            "iQEzBAEBCAAdFiEE\r\n-----END PGP SIGNATURE-----\r\n--B--\r\n");
    }

    TEST_CASE("NUL, CR and 8-bit octets in the body survive, and no last line end")
    {
        check_survives(std::string("From: a@shop.example\r\n\r\na\0b\rc\r\r\n\xFF\xFE\x80", 35));
    }

    TEST_CASE("An empty body, no body, and no header survive")
    {
        check_survives("From: a@shop.example\r\n\r\n");
        check_survives("From: a@shop.example\r\n");
        const std::string text = "just a line\r\nand another: one\r\n";
        CHECK(inspected(text).content == text);
        CHECK(inspected("").content == "");
    }
}
