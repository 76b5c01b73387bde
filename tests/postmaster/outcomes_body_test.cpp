#include "postmaster/outcomes_body.h"

#include <doctest/doctest.h>

#include <string>

using namespace postmaster;
using mail::OutcomeKind;

namespace
{

const std::string kId = "018f0000000070008000000000000001";

std::string body(const std::string& outcome)
{
    return R"({"outcomes":[)" + outcome + "]}";
}

std::string with(const std::string& members)
{
    return body(R"({"id":")" + kId + R"(","outcome":"deferred")" + members + "}");
}

}  // namespace

TEST_SUITE("postmaster/outcomes_body")
{
    TEST_CASE("the four outcomes are read with all their members")
    {
        const auto got = parse_outcomes(
            body(R"({"id":")" + kId + R"(","outcome":"delivered"},)" +
                 R"({"retry_after":60,"reason":"busy \u00e9","recipients":["a@b","c@d"],)" +
                 R"("outcome":"deferred","id":")" + kId + R"("},)" + R"({"id":")" + kId +
                 R"(","outcome":"failed"},{"id":")" + kId + R"(","outcome":"held"})"));
        REQUIRE(got);
        REQUIRE(got->size() == 4);
        CHECK((*got)[0].kind == OutcomeKind::delivered);
        CHECK((*got)[0].recipients.empty());
        CHECK((*got)[0].id.hex() == kId);
        CHECK((*got)[1].kind == OutcomeKind::deferred);
        CHECK((*got)[1].recipients == std::vector<std::string>{"a@b", "c@d"});
        CHECK((*got)[1].reason == "busy \xc3\xa9");
        CHECK((*got)[1].retry_after == std::chrono::seconds(60));
        CHECK((*got)[2].kind == OutcomeKind::failed);
        CHECK((*got)[3].kind == OutcomeKind::held);
    }

    TEST_CASE("a deferred mail is tried again after 300 s if the courier does not say")
    {
        CHECK((*parse_outcomes(with("")))[0].retry_after == std::chrono::seconds(300));
        CHECK((*parse_outcomes(with(R"(,"retry_after":0)")))[0].retry_after ==
              std::chrono::seconds(0));
    }

    TEST_CASE("no outcomes are an answer, too")
    {
        CHECK(parse_outcomes(body("")).value().empty());
    }

    TEST_CASE(
        "a misspelt or empty `recipients` settles nothing: it would delete mail that nobody "
        "delivered")
    {
        for (const char* members :
             {R"(,"recipient":["a@b"])", R"(,"recipients":[])", R"(,"recipients":"a@b")",
              R"(,"recipients":[1])", R"(,"recipients":null)", R"(,"recipients":{"a":1})"}) {
            CAPTURE(members);
            CHECK_FALSE(parse_outcomes(with(members)));
        }
    }

    TEST_CASE("unsound bodies are refused as a whole")
    {
        const std::string deep(100'000, '[');
        const std::string rows[] = {
            "",
            "{",
            "null",
            "[]",
            "{}",
            R"({"outcomes":{}})",
            R"({"outcomes":[]}x)",
            R"({"outcomes":[],"more":1})",
            R"({"outcomes":[],"outcomes":[]})",
            body("1"),
            body("[]"),
            body("{}"),
            body(R"({"id":")" + kId + R"("})"),
            body(R"({"outcome":"delivered"})"),
            body(R"({"id":"../../x","outcome":"delivered"})"),
            body(R"({"id":")" + kId + R"(x","outcome":"delivered"})"),
            body(R"({"id":"018F0000000070008000000000000001","outcome":"delivered"})"),
            body(R"({"id":1,"outcome":"delivered"})"),
            body(R"({"id":")" + kId + R"(","outcome":"bounced"})"),
            body(R"({"id":")" + kId + R"(","outcome":1})"),
            body(R"({"id":")" + kId + R"(","id":")" + kId + R"(","outcome":"delivered"})"),
            with(R"(,"reason":1)"),
            with(R"(,"retry_after":-1)"),
            with(R"(,"retry_after":1.5)"),
            with(R"(,"retry_after":"1")"),
            with(R"(,"retry_after":604801)"),
            with(R"(,"retry_after":99999999999999999999)"),
            with(",\"reason\":\"\xff\""),
            with(",\"reason\":\"a\nb\""),
            deep,
            R"({"outcomes":)" + deep,
            "{\"outcomes\":[{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}]}",
            "\xef\xbb\xbf",
        };
        for (const std::string& text : rows) {
            CAPTURE(text.substr(0, 200));
            const auto got = parse_outcomes(text);
            REQUIRE_FALSE(got);
            CHECK(got.error().kind == mail::ErrorKind::malformed);
        }
    }

    TEST_CASE("a body that is cut anywhere is refused")
    {
        const std::string whole = with(R"(,"recipients":["a@b"],"reason":"no")");
        REQUIRE(parse_outcomes(whole));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(size);
            CHECK_FALSE(parse_outcomes(whole.substr(0, size)));
        }
    }

    TEST_CASE("a long reason is cut where a character ends")
    {
        std::string reason;
        for (int i = 0; i < 600; ++i) reason += "\xc3\xa9";
        const auto got = parse_outcomes(with(R"(,"reason":"a)" + reason + R"(")"));
        REQUIRE(got);
        CHECK((*got)[0].reason.size() == 999);
        CHECK((*got)[0].reason.back() == '\xa9');
    }
}
