/// Words of few letters: where one stands, and where it only seems to.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/privacy/inspection_rules.h"

using namespace mail::privacy;
using mail::test::inspection_rules;

namespace
{

using Verdict = Inspection::Verdict;

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string random_base64(std::mt19937& dice, std::size_t size)
{
    std::string text(size, ' ');
    for (auto& c : text) c = kDigits[dice() % kDigits.size()];
    return text;
}

bool shows(const std::string& word, const std::string& text, Region region = Region::text)
{
    OriginValues values;
    values.add(*parse_origin_value(word));
    return !OriginSearch(std::move(values)).find(text, region).empty();
}

}  // namespace

TEST_SUITE("privacy/short_words")
{
    TEST_CASE("A name in a long path is one, whatever stands around it")
    {
        for (const std::string path : {
                 "/srv/Builds/Jenkins2/workspace/Shop/users/alice/Projects/Release2026/src/Main/"
                 "java",
                 "/mail::Users/alice/Library/DeveloperTools/Xcode15/DerivedData/ShopApp/Build/"
                 "Products",
                 "/home/alice/ABCDEFGHIJKLMNOPQRSTUVWXYZ/0123456789/ABCDEFGHIJKLMNOP/0123456789/x",
                 "/SRV/BUILDS/JENKINS2/WORKSPACE/SHOP/USERS/ALICE/PROJECTS/RELEASE2026/src/MAIN/"
                 "JAVA",
                 "/srv/Builds/Jenkins2/workspace/Shop/users/Alice/Projects/Release2026/src/Main/"
                 "java",
                 "srv/Builds/Jenkins2/workspace/Shop/users+alice+Projects/Release2026/src/Main/"
                 "java",
             }) {
            CAPTURE(path);
            CHECK(shows("alice", "failed in " + path));
            CHECK(shows("alice", path));
        }
        CHECK(shows("db1", "/srv/Backups2026/nightly/Shop/hosts/db1/Dumps/Full/tables/Orders/x"));
        CHECK(shows("mx", "/srv/Config/Postfix3/instances/mx/Main/transport/maps/Relay2026"));
    }

    TEST_CASE("Two letters in base64 are not taken for a word")
    {
        std::mt19937 dice(1);
        std::size_t alarms = 0;
        for (unsigned round = 0; round < 20'000; ++round) {
            auto line = random_base64(dice, 76);
            line.replace(10 + dice() % 56, 4, round % 2 == 0 ? "/mx/" : "+Mx/");
            if (shows("mx", "\r\n" + line + "\r\n" + random_base64(dice, 76))) ++alarms;
        }
        CHECK(alarms <= 60);  // three in a thousand of what is by itself one in a million
    }

    TEST_CASE("Two letters that a signature decodes to are not taken for a word")
    {
        const auto rules = inspection_rules({"mx"});
        std::mt19937 dice(1);
        std::size_t alarms = 0;
        for (unsigned round = 0; round < 2'000; ++round) {
            std::string signature =
                "DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; h=From;\r\n";
            signature += "\tb=" + random_base64(dice, 70) + "\r\n";
            for (unsigned line = 0; line < 4; ++line)
                signature += "\t " + random_base64(dice, 68) + "\r\n";
            const mail::Envelope envelope{"a@shop.example", {"b@customer.example"}, false};
            const auto inspection =
                inspect("From: a@shop.example\r\n" + signature + "\r\nhello\r\n", envelope, rules);
            if (inspection.verdict != Verdict::clean) ++alarms;
        }
        CHECK(alarms == 0);
    }

    TEST_CASE("A short word that a token decodes to as text is one")
    {
        const auto rules = inspection_rules({"mx", "alice"});
        // "relay=mx; port=25", "user=alice&x=1"
        for (const std::string token : {"cmVsYXk9bXg7IHBvcnQ9MjU=", "dXNlcj1hbGljZSZ4PTE="}) {
            const mail::Envelope envelope{"a@shop.example", {"b@customer.example"}, false};
            CAPTURE(token);
            CHECK(inspect("Subject: " + token + "\r\n\r\nhello\r\n", envelope, rules).verdict ==
                  Verdict::held);
            CHECK(inspect("X-Id: " + token + "\r\n\r\nhello\r\n", envelope, rules).content ==
                  "\r\nhello\r\n");
        }
    }
}
