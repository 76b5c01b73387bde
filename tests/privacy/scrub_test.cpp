#include "common/privacy/scrub.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "fidelity.h"

using namespace mail::privacy;
using mail::test::difference_beyond_actions;

namespace
{

using Kind = ScrubAction::Kind;

ScrubRules rules_with(std::vector<std::string> origin = {"web1.corp.example", "10.0.0.0/8",
                                                         "www-data"})
{
    ScrubRules rules;
    rules.message_id_key = "a key of some length";
    rules.public_domain = "shop.example";
    for (const auto& text : origin) rules.origin.add(*parse_origin_value(text));
    return rules;
}

/// Scrubs, and checks on the way what holds for every scrub.
Scrubbed checked_scrub(const std::string& content, const ScrubRules& rules = rules_with())
{
    CAPTURE(content);
    auto once = scrub(content, rules);
    CHECK(difference_beyond_actions(content, once) == "");
    const auto twice = scrub(once.content, rules);
    CHECK(twice.content == once.content);
    CHECK(twice.actions.empty());
    return once;
}

std::string scrubbed(const std::string& content, const ScrubRules& rules = rules_with())
{
    return checked_scrub(content, rules).content;
}

}  // namespace

TEST_SUITE("privacy/scrub")
{
    TEST_CASE("A mail that nullmailer hands over leaves without its traces")
    {
        const std::string content =
            "Received: (nullmailer pid 812 invoked by uid 33);\r\n"
            "\tFri, 20 Nov 2026 06:28:29 -0000\r\n"
            "From: Shop <orders@shop.example>\r\n"
            "X-PHP-Originating-Script: 33:Mailer.php\r\n"
            "Subject: Your order\r\n"
            "Message-Id: <1795156012.792292.24582.nullmailer@web1.corp.example>\r\n"
            "\r\n"
            "Thank you.\r\n";
        const auto result = checked_scrub(content);
        REQUIRE(result.actions.size() == 3);
        CHECK(result.actions[0].line ==
              "Received: (nullmailer pid 812 invoked by uid 33);\r\n\tFri, 20 Nov 2026 06:28:29 "
              "-0000");
        CHECK(result.actions[1].header == "X-PHP-Originating-Script");
        CHECK(result.actions[2].kind == Kind::rewritten);
        CHECK(result.content.find("corp.example") == std::string::npos);
        CHECK(result.content.starts_with(
            "From: Shop <orders@shop.example>\r\nSubject: Your order\r\nMessage-Id: <"));
        CHECK(result.content.ends_with("@shop.example>\r\n\r\nThank you.\r\n"));
    }

    TEST_CASE("A mail without traces is as given")
    {
        for (const std::string content : {"", "\r\n", "\r\nbody", "no header", "Subject: x\r\n\r\n",
                                          "Message-ID: <a@b.example>\r\n\r\nx"}) {
            CHECK(scrubbed(content) == content);
            CHECK(checked_scrub(content).actions.empty());
        }
    }
}
