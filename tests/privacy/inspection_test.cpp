#include "common/privacy/inspection.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/privacy/inspection_rules.h"

using namespace mail::privacy;
using mail::test::inspection_rules;

namespace
{

using Verdict = Inspection::Verdict;
using Effect = Finding::Effect;

const std::string kFrom = "From: Shop <orders@shop.example>\r\n";

Inspection inspected(const std::string& content, const InspectionRules& rules,
                     const std::string& reverse_path = "orders@shop.example")
{
    const mail::Envelope envelope{reverse_path, {"ann@example.org"}, false};
    auto result = inspect(content, envelope, rules);
    // whatever it was, a second inspection has nothing to do
    CAPTURE(content);
    const auto again = inspect(result.content, result.envelope, rules);
    CHECK(again.content == result.content);
    CHECK(again.changes == 0);
    CHECK((again.verdict == Verdict::held) == (result.verdict == Verdict::held));
    return result;
}

InspectionRules rules_for(const std::vector<std::string>& named,
                          const std::vector<OriginValue>& learned = {})
{
    return inspection_rules(named, learned);
}

const std::vector<std::string> kNamed = {"web1.corp.example", "203.0.113.5", "10.0.0.0/8",
                                         "www-data", "/var/www/shop"};

OriginValue learned(OriginValue::Kind kind, const std::string& value)
{
    return {kind, value, true};
}

std::string base64_part(const std::string& header, const std::string& body)
{
    return "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" +
           header + "\r\n" + body + "\r\n--B--\r\n";
}

}  // namespace

TEST_SUITE("privacy/inspection")
{
    TEST_CASE("A mail without a value of the origin is clean, and leaves as it came")
    {
        const std::string content = kFrom + "Subject: Your order 110.0.0.53\r\n\r\nThank you.\r\n";
        const auto result = inspected(content, rules_for(kNamed));
        CHECK(result.verdict == Verdict::clean);
        CHECK(result.content == content);
        CHECK(result.reason == "");
        CHECK(result.findings.empty());
    }

    TEST_CASE("What the scrub can clean is cleaned, not held")
    {
        const auto result = inspected(
            "Received: from web1.corp.example (10.0.0.5)\r\n" + kFrom +
                "X-Job: cb007105\r\n"
                "X-Trace: =?utf-8?b?d2ViMS5jb3JwLmV4YW1wbGU=?=\r\n"
                "X-Web1-State: ok\r\n"
                "X-Order: 17\r\n"
                "Message-ID: <1.cb007105.2@shop.example>\r\n"
                "References: <d2ViMS5jb3JwLmV4YW1wbGU=@shop.example> <2@customer.example>\r\n"
                "\r\nThank you.\r\n",
            rules_for(kNamed));
        CHECK(result.verdict == Verdict::cleaned);
        CHECK(result.findings.empty());
        CHECK(result.actions.size() == 6);
        CHECK(result.content.find("X-Order: 17\r\n") != std::string::npos);
        CHECK(result.content.find(" <2@customer.example>\r\n") != std::string::npos);
        for (const auto* gone : {"X-Job", "X-Trace", "X-Web1", "cb007105", "d2ViMS5"})
            CHECK(result.content.find(gone) == std::string::npos);
        CHECK(result.actions[1].reason == "shows the origin");
    }

    TEST_CASE("A value of the operator's holds the mail, whatever the place")
    {
        struct Row {
            std::string content;
            std::string reason;
        };
        const std::vector<Row> rows = {
            {kFrom + "Subject: disk full on web1\r\n\r\nx\r\n", "web1.corp.example in Subject"},
            {kFrom + "Subject: =?utf-8?q?web1=2Ecorp=2Eexample?=\r\n\r\nx\r\n",
             "web1.corp.example in Subject"},
            {kFrom + "List-Unsubscribe: <http://203.0.113.5/u>\r\n\r\nx\r\n",
             "203.0.113.5 in List-Unsubscribe"},
            {kFrom + "\r\nsee http://10.1.2.3/x\r\n", "10.0.0.0/8 in "},
            {kFrom + "\r\n/var/www/shop/index.php on line 3\r\n", "/var/www/shop in "},
            {kFrom +
                 base64_part("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n",
                             "aGkgZnJvbSB3ZWIxLmNvcnAuZXhhbXBsZSEK"),
             "web1.corp.example in part 1"},
            {kFrom + base64_part("Content-Type: application/octet-stream\r\n"
                                 "Content-Disposition: attachment; filename=a.bin\r\n"
                                 "Content-Transfer-Encoding: base64\r\n",
                                 "aGkgZnJvbSB3ZWIxLmNvcnAuZXhhbXBsZSEK"),
             "web1.corp.example in part 1"},
            {kFrom + "Content-Type: multipart/mixed; boundary=\"b-web1.corp.example\"\r\n\r\n"
                     "--b-web1.corp.example\r\n\r\nx\r\n--b-web1.corp.example--\r\n",
             "web1.corp.example in Content-Type"},
            {"From: www-data@shop.example\r\n\r\nx\r\n", "www-data in From"},
            // behind a malformed line
            {kFrom + "no field\r\nComments: web1.corp.example\r\n\r\nx\r\n",
             "web1.corp.example in "},
        };
        for (const auto& row : rows) {
            CAPTURE(row.content);
            const auto result = inspected(row.content, rules_for(kNamed));
            CHECK(result.verdict == Verdict::held);
            CAPTURE(result.reason);
            CHECK(result.reason.starts_with(row.reason));
            REQUIRE_FALSE(result.findings.empty());
            CHECK(result.findings[0].effect == Effect::holds);
        }
    }

    TEST_CASE("What the machine knows of itself holds in headers and text, warns in attachments")
    {
        const auto rules = rules_for({}, {learned(OriginValue::Kind::host, "web1.corp.example"),
                                          learned(OriginValue::Kind::address, "203.0.113.5")});
        CHECK(inspected(kFrom + "Subject: web1.corp.example\r\n\r\nx", rules).verdict ==
              Verdict::held);
        CHECK(inspected(kFrom + "\r\nhttp://203.0.113.5/\r\n", rules).verdict == Verdict::held);
        CHECK(inspected(kFrom + "\r\nx\r\n", rules, "root@web1.corp.example").verdict ==
              Verdict::held);
        const auto attached =
            inspected(kFrom + base64_part("Content-Type: application/octet-stream\r\n"
                                          "Content-Disposition: attachment; filename=a.bin\r\n",
                                          "see web1.corp.example"),
                      rules);
        CHECK(attached.verdict == Verdict::clean);
        REQUIRE(attached.findings.size() == 1);
        CHECK(attached.findings[0].effect == Effect::warns);
        CHECK(attached.findings[0].place.part == "1");
        // readers show it in place, with the name above it
        CHECK(inspected(
                  kFrom + "Content-Type: text/plain\r\nContent-Disposition: inline; filename=a.txt"
                          "\r\n\r\nsee web1.corp.example\r\n",
                  rules)
                  .verdict == Verdict::held);
    }

    TEST_CASE("What many machines are called or have holds no mail, and cleans X- fields only")
    {
        const auto rules = rules_for({}, {learned(OriginValue::Kind::host, "mail"),
                                          learned(OriginValue::Kind::host, "web1.corp.example"),
                                          learned(OriginValue::Kind::address, "10.0.0.5"),
                                          learned(OriginValue::Kind::address, "fd00::5"),
                                          learned(OriginValue::Kind::address, "100.64.3.4")});
        const auto result = inspected(
            kFrom +
                "Subject: mail from 10.0.0.5 to web1\r\nX-Via: mail\r\nX-Job: 10.0.0.5\r\n"
                "X-Note: 100.64.3.4\r\nX-Order: 17\r\nMessage-ID: <1.10.0.0.5@shop.example>\r\n\r\n"
                "mail web1 10.0.0.5 fd00::5 100.64.3.4\r\n",
            rules, "root@mail");
        CHECK(result.verdict == Verdict::cleaned);
        CHECK(result.findings.empty());
        CHECK(result.actions.size() == 4);
        CHECK(result.content.find("X-Order: 17\r\n") != std::string::npos);
    }

    TEST_CASE("The envelope sender is mapped, or holds the mail if it shows the origin")
    {
        auto rules = rules_for(kNamed);
        const std::string content = kFrom + "\r\nx\r\n";
        const auto held = inspected(content, rules, "www-data@web1.corp.example");
        CHECK(held.verdict == Verdict::held);
        CHECK(held.reason.find(" in the envelope sender") != std::string::npos);
        CHECK(held.findings[0].place.region == Region::envelope);

        REQUIRE(rules.scrub.senders.add("@web1.corp.example=app@shop.example"));
        const auto mapped = inspected(content, rules, "www-data@web1.corp.example");
        CHECK(mapped.verdict == Verdict::cleaned);
        CHECK(mapped.content == content);
        CHECK(mapped.envelope.reverse_path == "app@shop.example");
        CHECK(mapped.envelope.recipients == std::vector<std::string>{"ann@example.org"});

        // the local part is kept for the bounces, and hides the origin
        CHECK(inspected(content, rules, "b+x=web1.corp.example@web1.corp.example").verdict ==
              Verdict::held);
        CHECK(inspected(content, rules, "d2ViMS5jb3JwLmV4YW1wbGU=@shop.example").verdict ==
              Verdict::held);
        CHECK(inspected(content, rules, "").verdict == Verdict::clean);
    }

    TEST_CASE("Recipients are where the mail goes; they hold nothing")
    {
        const mail::Envelope envelope{"", {"root@web1.corp.example"}, false};
        const auto result = inspect(kFrom + "\r\nx\r\n", envelope, rules_for(kNamed));
        CHECK(result.verdict == Verdict::clean);
        CHECK(result.envelope == envelope);
    }

    TEST_CASE("A mail that cannot be read to its end is held where the operator named a value")
    {
        auto rules = rules_for({"web1.corp.example"});
        rules.limits.parts = 2;
        const std::string content =
            kFrom +
            "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\n1\r\n--B\r\n\r\n2"
            "\r\n--B\r\n\r\n3\r\n--B--\r\n";
        const auto held = inspected(content, rules);
        CHECK(held.verdict == Verdict::held);
        CHECK(held.unknown != "");
        CHECK(held.reason == "cannot be read to its end: " + held.unknown);

        rules.on_unknown = OnUnknown::warn;
        const auto warned = inspected(content, rules);
        CHECK(warned.verdict == Verdict::clean);
        CHECK(warned.unknown == held.unknown);

        auto only_learned = rules_for({}, {learned(OriginValue::Kind::host, "web1.corp.example")});
        only_learned.limits.parts = 2;
        CHECK(inspected(content, only_learned).verdict == Verdict::clean);
        CHECK(inspected(content, only_learned).unknown != "");
    }

    TEST_CASE("Without values, or without a search, the scrub is all")
    {
        auto rules = rules_for({});
        const std::string content = "Received: x\r\n" + kFrom + "Subject: web1\r\n\r\nx\r\n";
        CHECK(inspected(content, rules).verdict == Verdict::cleaned);
        rules.search = nullptr;
        rules.scrub.search = nullptr;
        CHECK(inspected(content, rules).verdict == Verdict::cleaned);
        CHECK(inspected(kFrom + "\r\nx", rules).verdict == Verdict::clean);
    }

    TEST_CASE("One value in one place is one finding, however many streams show it")
    {
        const auto result =
            inspected(kFrom +
                          "Subject: web1.corp.example\r\n"
                          "Content-Type: text/html; charset=utf-8\r\n\r\n"
                          "<p>web1.corp.example and web1.corp.example, 203.0.113.5</p>\r\n",
                      rules_for({"web1.corp.example", "203.0.113.5"}));
        REQUIRE(result.findings.size() == 3);
        CHECK(result.findings[0].place.header == "Subject");
        CHECK(result.findings[0].form == Form::plain);
        CHECK(result.findings[0].place.stream == Stream::raw);
        const auto at = result.findings[0].offset;
        CHECK(result.content.substr(at, 17) == "web1.corp.example");
        CHECK(result.content.substr(result.findings[1].offset, 17) == "web1.corp.example");
        CHECK(result.findings[1].offset < result.content.find(" and"));
        CHECK(result.content.substr(result.findings[2].offset, 11) == "203.0.113.5");
        CHECK(result.reason == "web1.corp.example in Subject, and 2 more");
    }

    TEST_CASE("A finding is told as it reads: decoded, in valid UTF-8, without control characters")
    {
        const auto result = inspected(
            kFrom +
                "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe=07_von_web1=2Ecorp=2Eexample_=E2=82=AC?="
                "\r\n\r\nx\r\n",
            rules_for({"web1.corp.example"}));
        REQUIRE(result.findings.size() == 1);
        CHECK(result.findings[0].place.stream == Stream::encoded_words);
        CHECK(result.findings[0].excerpt.find("Gr\xC3\xBC\xC3\x9F"
                                              "e  von web1.corp.example \xE2\x82\xAC") !=
              std::string::npos);

        const std::string far(500, 'x');
        const auto cut = inspected(kFrom + "\r\n" + far + " web1.corp.example " + far + "\r\n",
                                   rules_for({"web1.corp.example"}));
        REQUIRE(cut.findings.size() == 1);
        CHECK(cut.findings[0].excerpt.size() == 80);
        CHECK(cut.findings[0].excerpt.find(" web1.corp.example ") != std::string::npos);

        const auto odd = inspected(kFrom + "\r\n\xE2\x82\xAC\xFF\x1B[31;web1.corp.example\x9B\r\n",
                                   rules_for({"web1.corp.example"}));
        REQUIRE(odd.findings.size() == 1);
        CHECK(odd.findings[0].excerpt.find("\x1B") == std::string::npos);
        CHECK(odd.findings[0].excerpt.find("\xE2\x82\xAC\xEF\xBF\xBD [31;web1.corp.example") !=
              std::string::npos);
    }

    TEST_CASE("Of very many findings the first hundred are listed, and the rest counted")
    {
        std::string content = kFrom;
        for (int i = 0; i < 150; ++i) content += "Comments: web1.corp.example\r\n";
        const auto result = inspected(content + "\r\nx", rules_for({"web1.corp.example"}));
        CHECK(result.findings.size() == kMostFindings);
        CHECK(result.more_findings == 50);
        CHECK(result.reason == "web1.corp.example in Comments, and 149 more");
    }

    TEST_CASE("One finding that holds is listed, behind however many that warn")
    {
        auto rules =
            rules_for({"203.0.113.5"}, {learned(OriginValue::Kind::host, "web1.corp.example")});
        std::string content = kFrom + "Content-Type: multipart/mixed; boundary=B\r\n\r\n";
        for (int i = 0; i < 120; ++i)
            content += "--B\r\nContent-Disposition: attachment\r\n\r\nweb1.corp.example\r\n";
        content += "--B\r\n\r\n203.0.113.5\r\n--B--\r\n";
        const auto result = inspected(content, rules);
        CHECK(result.verdict == Verdict::held);
        CHECK(result.reason.starts_with("203.0.113.5 in part 121"));
        CHECK(result.findings.size() == kMostFindings);
    }

    TEST_CASE("What was rewritten to public values holds nothing")
    {
        auto rules = rules_for({"web1.corp.example", "www-data"});
        REQUIRE(rules.scrub.senders.add("@web1.corp.example=app@shop.example"));
        const auto result = inspected(
            "From: W <www-data@web1.corp.example>\r\nMessage-ID: <1@web1.corp.example>\r\n\r\nx",
            rules, "www-data@web1.corp.example");
        CHECK(result.verdict == Verdict::cleaned);
        CHECK(result.content.starts_with("From: W <app@shop.example>\r\nMessage-ID: <"));
    }
}
