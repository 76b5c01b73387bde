#include "postoffice/http/wanted_envelope.h"

#include <doctest/doctest.h>

using namespace postoffice::http;
using Addresses = std::vector<std::string>;

TEST_SUITE("postoffice/http/wanted_envelope")
{
    TEST_CASE("the fields name the envelope, each recipient once")
    {
        const auto wanted = envelope_of_fields(
            "<a@b.example>", "<c@d.example>,<\"e, f\"@g.example> , <c@d.example>, <root>");
        REQUIRE(wanted);
        CHECK(wanted->sender == "a@b.example");
        CHECK(wanted->recipients == Addresses{"c@d.example", "\"e, f\"@g.example", "root"});
    }

    TEST_CASE("<> is the null sender, and a field that is empty says nothing")
    {
        CHECK(envelope_of_fields("<>", "")->sender == "");
        CHECK_FALSE(envelope_of_fields("", "<c@d.example>")->sender.has_value());
        CHECK(envelope_of_fields("<a@b.example>", "")->recipients.empty());
    }

    TEST_CASE("what is no list of addresses is refused")
    {
        for (const char* sender :
             {"a@b.example", "<a@b.example", "<a@b.example> x", "<a b@c.example>",
              "<a@b.example>, <c@d.example>", "Ann <a@b.example>", "<a@b\t>", "<\xff@b.example>"}) {
            CAPTURE(sender);
            CHECK_FALSE(envelope_of_fields(sender, ""));
        }
        for (const char* list :
             {"c@d.example", "<>", "<c@d.example>,", "<c@d.example> <e@f.example>",
              ",<c@d.example>", "<c@d.example>,,<e@f.example>", "<c@\xc3>"}) {
            CAPTURE(list);
            CHECK_FALSE(envelope_of_fields("", list));
        }
    }

    TEST_CASE("the query names it, too")
    {
        const auto wanted =
            envelope_of_query("from=a%2Bx%40b.example&to=c%40d.example&to=%C3%A9@f.example&");
        REQUIRE(wanted);
        CHECK(wanted->sender == "a+x@b.example");
        CHECK(wanted->recipients == Addresses{"c@d.example", "\xc3\xa9@f.example"});
        CHECK(envelope_of_query("from=")->sender == "");
        CHECK(envelope_of_query("from=%3C%3E")->sender == "");
        CHECK_FALSE(envelope_of_query("")->sender.has_value());
    }

    TEST_CASE("a query that could be read in two ways is refused")
    {
        for (const char* query :
             {"from=a+x%40b.example", "from=a%40b.example&from=a%40b.example", "to=", "to",
              "cc=c%40d.example", "to=c%40d.example%0D", "to=%3Cc%40d.example%3E",
              "to=%ff%40d.example", "to=%4", "from=%00", "To=c%40d.example"}) {
            CAPTURE(query);
            CHECK_FALSE(envelope_of_query(query));
        }
    }

    TEST_CASE("a mail has at most 1,000 recipients, in fields and in the query")
    {
        std::string field;
        std::string query = "from=";
        for (int i = 0; i < 1000; ++i) {
            field += (i == 0 ? "<u" : ", <u") + std::to_string(i) + "@d.example>";
            query += "&to=u" + std::to_string(i) + "%40d.example";
        }
        CHECK(envelope_of_fields("", field)->recipients.size() == 1000);
        CHECK(envelope_of_query(query)->recipients.size() == 1000);
        CHECK_FALSE(envelope_of_fields("", field + ", <more@d.example>"));
        CHECK_FALSE(envelope_of_query(query + "&to=more%40d.example"));
    }
}
