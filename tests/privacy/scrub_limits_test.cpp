/// What becomes of a mail that has more than the scrub reads or lists.
#include <doctest/doctest.h>

#include <string>

#include "tests/privacy/fidelity.h"
#include "tests/privacy/inspection_rules.h"

using namespace mail::privacy;
using mail::test::inspection_rules;

namespace
{

using Verdict = Inspection::Verdict;

const mail::Envelope kEnvelope{"a@shop.example", {"b@customer.example"}, false};

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_SUITE("privacy/scrub_limits")
{
    TEST_CASE("Fields that would be dropped hide no change behind them")
    {
        auto rules = inspection_rules({"web1.corp.example"});
        rules.scrub.strict = StrictHeaders::report;
        const std::string own = repeated("X-Own: 1\r\n", kMostActions + 5);
        const std::string content = own + "Received: from web1 by relay\r\n\r\nhello\r\n";
        const auto scrubbed = scrub(content, rules.scrub);
        const bool is_only_the_trace = scrubbed.content == own + "\r\nhello\r\n";
        CHECK(is_only_the_trace);
        CHECK(scrubbed.changes == 1);
        CHECK(scrubbed.more_actions == 5);
        REQUIRE(scrubbed.actions.size() == kMostActions + 1);
        CHECK(scrubbed.actions.back().header == "Received");

        const auto inspection = inspect(content, kEnvelope, rules);
        CHECK(inspection.verdict == Verdict::cleaned);
        CHECK(inspection.changes == 1);
        CHECK(inspection.more_actions == 5);
    }

    TEST_CASE("Changes that are not listed are changes")
    {
        const auto rules = inspection_rules({"web1.corp.example"});
        const std::string content =
            repeated("Received: from a\r\n", kMostActions + 7) + "Subject: x\r\n\r\nhello\r\n";
        const auto inspection = inspect(content, kEnvelope, rules);
        CHECK(inspection.content == "Subject: x\r\n\r\nhello\r\n");
        CHECK(inspection.verdict == Verdict::cleaned);
        CHECK(inspection.actions.size() == kMostActions);
        CHECK(inspection.more_actions == 7);
        CHECK(inspection.changes == kMostActions + 7);
    }

    TEST_CASE(
        "Identifiers are read up to a limit; a field beyond it goes, and a second scrub agrees")
    {
        const auto rules = inspection_rules({"web1.corp.example"});
        const std::string ids = repeated("<a@b.cd>\r\n ", 20'000);
        const std::string own = repeated("<1@web1.corp.example>\r\n ", 10'000);
        for (const std::string& content :
             {"References: " + ids + "<a@b.cd>\r\nMessage-ID: <1@web1.corp.example>\r\n\r\nx\r\n",
              "References: " + own + "<a@b.cd>\r\nIn-Reply-To: " + own + "<a@b.cd>\r\n" +
                  "X-Thread-Id: " + own + "<2@localhost>\r\nMessage-ID: <3@localhost>\r\n\r\nx\r\n",
              "References: " + repeated("<a@localhost> ", 30'000) + "\r\n\r\nx\r\n"}) {
            const auto once = scrub(content, rules.scrub);
            CHECK(once.content.find("web1") == std::string::npos);
            CHECK(once.content.find("localhost") == std::string::npos);
            const auto twice = scrub(once.content, rules.scrub);
            CHECK(twice.changes == 0);
        }
        const auto many = scrub("References: " + ids + ids + "\r\n\r\nx\r\n", rules.scrub);
        REQUIRE(many.actions.size() == 1);
        CHECK(many.actions[0].reason == "too many identifiers to read");
        CHECK(many.content == "\r\nx\r\n");
    }

    TEST_CASE("With addresses that are not mapped any more a mail is unknown")
    {
        auto rules = inspection_rules({"web1.corp.example"});
        const std::string content = "To: " + repeated("ann@old.example, ", 70'000) +
                                    "ann@old.example\r\nCc: bob@old.example\r\n\r\nx\r\n";
        CHECK(inspect(content, kEnvelope, rules).verdict == Verdict::clean);  // no map

        REQUIRE(rules.scrub.senders.add("@old.example=@shop.example"));
        const auto held = inspect(content, kEnvelope, rules);
        CHECK(held.verdict == Verdict::held);
        CHECK(held.reason == "cannot be read to its end: over 1 MiB of addresses");

        rules.on_unknown = OnUnknown::warn;
        const auto told = inspect(content, kEnvelope, rules);
        CHECK(told.verdict == Verdict::cleaned);
        CHECK(told.unknown == "over 1 MiB of addresses");
    }
}
