#include <doctest/doctest.h>

#include <string>

#include "common/privacy/scrub.h"
#include "tests/privacy/fidelity.h"
#include "tests/privacy/inspection_rules.h"

using namespace mail::privacy;

namespace
{

const InspectionRules kRules = mail::test::inspection_rules(
    {"web1.corp.example", "203.0.113.5", "www-data"}, {{OriginValue::Kind::host, "mail", true}});

Scrubbed checked_scrub(const std::string& content)
{
    CAPTURE(content);
    auto once = scrub(content, kRules.scrub);
    CHECK(mail::test::difference_beyond_actions(content, once) == "");
    CHECK(scrub(once.content, kRules.scrub).changes == 0);
    return once;
}

std::string scrubbed(const std::string& content)
{
    return checked_scrub(content).content;
}

const std::string kTo = "To: ann@example.org\r\n";

}  // namespace

TEST_SUITE("privacy/scrub_search")
{
    TEST_CASE("An X- field that shows the origin goes, in whatever form")
    {
        for (const std::string field : {
                 "X-Redmine-Host: web1.corp.example",
                 "X-Jenkins-Job: http://203.0.113.5:8080/job",
                 "X-Note: =?utf-8?b?d2ViMS5jb3JwLmV4YW1wbGU=?=",
                 "X-Note: =?utf-8?q?web1.corp?=\r\n =?utf-8?q?.example?=",
                 "X-Note: web1.\r\n\tcorp.example",
                 "X-Id: d2ViMS5jb3JwLmV4YW1wbGU=",
                 "X-Id: 776562312e636f72702e6578616d706c65",
                 "X-Id: dwBlAGIAMQAuAGMAbwByAHAALgBlAHgAYQBtAHAAbABlAA==",  // UTF-16
                 "X-Id: AHcAZQBiADEALgBjAG8AcgBwAC4AZQB4AGEAbQBwAGwAZQ==",
                 "X-Id: 7700650062003100 7700650062003100"
                 "2e0063006f00720070002e006500780061006d0070006c006500",
                 "X-Url: http://x/?h=web1%2Ecorp%2Eexample",
                 "X-Id: cb007105",
                 "X-Id: 3405803781",
                 "X-Id: 5.113.0.203.in-addr.arpa",
                 "X-Short: web1",
                 "X-Mail-Server: root@mail",
                 "X-User-Is: www-data",
                 "X-web1.corp.example: yes",
                 "X-Loop: ann@web1.corp.example",
                 "X-MS-TNEF-Correlator: <1@web1.corp.example>",
                 "X-Thread-Topic: about web1.corp.example",
                 "X-Confirm-Reading-To: root@web1.corp.example",
             }) {
            CAPTURE(field);
            const auto result = checked_scrub(kTo + field + "\r\n\r\nx");
            CHECK(result.content == kTo + "\r\nx");
            CHECK(result.actions.at(0).reason == "shows the origin");
        }
        for (const std::string field :
             {"X-Order: 17", "X-Near: myweb1.corp.example.org", "X-Near: 1203.0.113.51",
              "X-Priority: 1", "X-Loop: ann@shop.example",
              "Thread-Index: AdkX2x5S1rG7Z0ZQSk6Z1w=="}) {
            CHECK(scrubbed(kTo + field + "\r\n\r\nx") == kTo + field + "\r\n\r\nx");
        }
    }

    TEST_CASE("Another field that shows it stays: the gate decides")
    {
        for (const std::string field :
             {"Subject: web1.corp.example", "Organization: web1.corp.example",
              "List-Id: <a.web1.corp.example>", "Content-ID: <1@web1.corp.example>"}) {
            CHECK(scrubbed(kTo + field + "\r\n\r\nx") == kTo + field + "\r\n\r\nx");
        }
    }

    TEST_CASE("An identifier is mapped for whatever form it carries the origin in")
    {
        for (const std::string id : {
                 "1.cb007105.2@shop.example",
                 "x=3405803781@customer.example",
                 "d2ViMS5jb3JwLmV4YW1wbGU=@shop.example",
                 "776562312e636f72702e6578616d706c65@shop.example",
                 "cb007105",
                 "1@5.113.0.203.in-addr.arpa",
             }) {
            CAPTURE(id);
            const auto result = checked_scrub(kTo + "Message-ID: <" + id + ">\r\n\r\nx");
            CHECK(result.content.find(id) == std::string::npos);
            CHECK(result.content.find("@shop.example>\r\n") != std::string::npos);
        }
        const auto kept = "In-Reply-To: <1795156012.792292.24582.nullmailer@shop.example>\r\n";
        CHECK(scrubbed(kTo + kept + "\r\nx") == kTo + kept + "\r\nx");
    }

    TEST_CASE("A signature that shows the origin itself goes (RFC 6376 3.5)")
    {
        for (const std::string tags :
             {"i=root@web1.corp.example", "s=web1", "d=web1.corp.example",
              "z=Subject:=20web1=2Ecorp.example", "z=Subject:a=20web1.corp.=\r\n example"}) {
            CAPTURE(tags);
            const auto result =
                checked_scrub("DKIM-Signature: h=to; b=x; " + tags + "\r\n" + kTo + "\r\nx");
            CHECK(result.content == kTo + "\r\nx");
            CHECK(result.actions.at(0).kind == ScrubAction::Kind::signature_dropped);
        }
        const auto sound = "DKIM-Signature: h=to; d=shop.example; s=mail; z=To:ann=40x; b=x\r\n";
        CHECK(scrubbed(sound + kTo + "\r\nx") == sound + kTo + "\r\nx");
    }

    TEST_CASE(
        "Trace fields of the origin go from a forwarded mail too, and no others (RFC 2046 5.2)")
    {
        const std::string outer = kTo + "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n";
        const std::string forward = "Content-Type: message/rfc822\r\n\r\n";
        const std::string inner =
            "Received: from web1.corp.example\r\n\tby x\r\n"
            "Received: from relay.other.example\r\n"
            "X-PHP-Script: shop/www-data.php\r\n"
            "X-Mailer: y\r\n"
            "Subject: inner\r\n\r\nbody\r\n--B--\r\n";
        const std::string cleaned =
            "Received: from relay.other.example\r\nX-Mailer: y\r\nSubject: inner\r\n\r\nbody\r\n"
            "--B--\r\n";
        CHECK(scrubbed(outer + forward + inner) == outer + forward + cleaned);
        CHECK(scrubbed(outer + "Content-Type: text/rfc822-headers\r\n\r\n" + inner) ==
              outer + "Content-Type: text/rfc822-headers\r\n\r\n" + cleaned);
        CHECK(scrubbed(outer + "Content-Type: text/rfc822-headers\r\n\r\nReceived: web1\r\n"
                               "Received: web1.corp.example\r\n--B--\r\n") ==
              outer + "Content-Type: text/rfc822-headers\r\n\r\n--B--\r\n");
        CHECK(scrubbed(outer + "Content-Type: text/rfc822-headers\r\n\r\n"
                               "Received: web1.corp.example\n--B--\r\n") ==
              outer + "Content-Type: text/rfc822-headers\r\n\r\n--B--\r\n");
        // signatures over the body go with them
        const std::string signature = "DKIM-Signature: h=to; b=x\r\n";
        const auto result = checked_scrub(signature + outer + forward + inner);
        CHECK(result.content == outer + forward + cleaned);
        CHECK(result.actions.at(0).reason == "breaks with the body");
        // what is signed or encoded is not touched
        const std::string sealed =
            kTo + "Content-Type: multipart/signed; boundary=B\r\n\r\n--B\r\n" + forward + inner;
        CHECK(scrubbed(sealed) == sealed);
        const std::string encoded = outer +
                                    "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: "
                                    "quoted-printable\r\n\r\n" +
                                    inner;
        CHECK(scrubbed(encoded) == encoded);
        // an ordinary forward, too
        const std::string ordinary = signature + outer + forward + cleaned;
        CHECK(scrubbed(ordinary) == ordinary);
    }

    TEST_CASE("Behind the last field of an inner header that goes, an mbox line begins another")
    {
        const std::string type = "Content-Type: message/rfc822\r\n\r\n";
        const std::string trace = "Received: from web1.corp.example\r\n";
        CHECK(scrubbed(type + trace + "From x\r\n" + trace + "\r\nbody") ==
              type + "From x\r\n\r\nbody");
        CHECK(scrubbed(type + trace + "From x\r\n>From y\r\n" + trace + trace + "\r\nbody") ==
              type + "From x\r\n>From y\r\n\r\nbody");
        // not where a field stays
        const std::string stays = "Subject: x\r\n";
        CHECK(scrubbed(type + stays + trace + "From x\r\n" + stays + "\r\nbody") ==
              type + stays + "From x\r\n" + stays + "\r\nbody");
    }

    TEST_CASE("A late field that is one of a mail inside, too, is told once")
    {
        const std::string content =
            "Content-Type: multipart/mixed; boundary=b\r\nmalformed\r\n--b\r\n"
            "Content-Type: message/rfc822\r\nFrom x\r\nReceived: from web1.corp.example\r\n"
            "\r\nbody";
        const auto result = checked_scrub(content);
        CHECK(result.content.find("web1") == std::string::npos);
        CHECK(result.actions.size() == 1);
    }

    TEST_CASE("The types of mails inside have no case")
    {
        const std::string trace = "Received: from web1.corp.example\r\n";
        for (const std::string type :
             {"Message/Rfc822", "MESSAGE/RFC822", "message/rFC822", "message/global",
              "Message/Global", "message/news", "message/partial"}) {
            CAPTURE(type);
            const std::string head = "Content-Type: " + type + "\r\n\r\n";
            CHECK(scrubbed(head + trace + "To: x\r\n\r\nbody") == head + "To: x\r\n\r\nbody");
        }
        const std::string digest = "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n";
        CHECK(scrubbed(digest + trace + "To: x\r\n\r\nbody\r\n--b--\r\n") ==
              digest + "To: x\r\n\r\nbody\r\n--b--\r\n");
        const std::string headers =
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
            "Content-Type: Text/RFC822-Headers\r\n\r\n";
        CHECK(scrubbed(headers + trace + "To: x\r\n\r\n--b--\r\n") ==
              headers + "To: x\r\n\r\n--b--\r\n");
    }

    TEST_CASE("An mbox line that shows the origin goes, whatever its domain")
    {
        CHECK(scrubbed("From www-data@shop.example Fri Nov 20 06:28:29 2026\r\n" + kTo + "\r\nx") ==
              kTo + "\r\nx");
    }
}
