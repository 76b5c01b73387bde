#include <doctest/doctest.h>

#include <string>

#include "common/privacy/catalogue.h"
#include "common/privacy/scrub.h"
#include "tests/privacy/fidelity.h"

using namespace mail::privacy;
using mail::test::difference_beyond_actions;

namespace
{

const std::string kMail =
    "From: ann@shop.example\r\n"
    "X-Shop-Order: 17\r\n"
    "DKIM-Signature: d=shop.example; h=from:x-shop-order; b=x\r\n"
    "List-Unsubscribe: <https://shop.example/u>\r\n"
    "LIST-UNSUBSCRIBE-POST: List-Unsubscribe=One-Click\r\n"
    "X-Mailer: y\r\n"
    "Jenkins-Host: build\r\n"
    "Content-Type: text/plain\r\n"
    "\r\n"
    "body";

ScrubRules strict(StrictHeaders how)
{
    ScrubRules rules;
    rules.strict = how;
    return rules;
}

}  // namespace

TEST_SUITE("privacy/strict_headers")
{
    TEST_CASE("With --strict-headers only fields of the standards stay")
    {
        const auto result = scrub(kMail, strict(StrictHeaders::enforce));
        CHECK(difference_beyond_actions(kMail, result) == "");
        CHECK(result.content ==
              "From: ann@shop.example\r\n"
              "List-Unsubscribe: <https://shop.example/u>\r\n"
              "LIST-UNSUBSCRIBE-POST: List-Unsubscribe=One-Click\r\n"
              "Content-Type: text/plain\r\n"
              "\r\n"
              "body");
        REQUIRE(result.actions.size() == 4);
        CHECK(result.actions[0].reason == "not on the list");
        CHECK(result.actions[1].reason == "breaks with x-shop-order");
        CHECK(result.actions[2].reason == "software");
        CHECK(result.changes == 4);
    }

    TEST_CASE("The operator's list keeps further fields, whatever their case")
    {
        auto rules = strict(StrictHeaders::enforce);
        rules.kept_headers = {"x-shop-order", "Jenkins-HOST", "X-Mailer"};
        const auto result = scrub(kMail, rules);
        CHECK(result.actions.size() == 1);  // the catalogue drops X-Mailer all the same
        CHECK(result.actions[0].header == "X-Mailer");
    }

    TEST_CASE("In the report phase nothing goes for it, and what would is told")
    {
        const auto plain = scrub(kMail, {});
        const auto result = scrub(kMail, strict(StrictHeaders::report));
        CHECK(result.content == plain.content);
        CHECK(difference_beyond_actions(kMail, result) == "");
        REQUIRE(result.actions.size() == 3);
        CHECK(result.actions[0].kind == ScrubAction::Kind::would_drop);
        CHECK(result.actions[0].header == "X-Shop-Order");
        CHECK(result.actions[2].header == "Jenkins-Host");
        CHECK(result.changes == 1);
        CHECK(scrub(result.content, strict(StrictHeaders::report)).content == result.content);
    }

    TEST_CASE("Fields of the standards are known without case, and no others")
    {
        for (const auto* name : {"Date", "FROM", "resent-message-id", "Content-ID", "List-Id",
                                 "Auto-Submitted", "DKIM-Signature", "subject"}) {
            CAPTURE(name);
            CHECK(is_standard_field(name));
        }
        for (const auto* name :
             {"", "X-A", "Dat", "Datea", "Received", "Content-", "zzz", "\xFF"}) {
            CAPTURE(name);
            CHECK_FALSE(is_standard_field(name));
        }
    }
}
