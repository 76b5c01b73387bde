#include "common/privacy/message_ids.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mail::privacy;

namespace
{

OriginValues origin()
{
    OriginValues values;
    for (const auto* text :
         {"web1.corp.example", "*.shop-origin.example", "10.0.0.0/8", "203.0.113.5", "www-data"}) {
        values.add(*parse_origin_value(text));
    }
    return values;
}

const OriginValues kOrigin = origin();
const MessageIdMap kMap("key", "shop.example", kOrigin);

}  // namespace

TEST_SUITE("privacy/message_ids")
{
    TEST_CASE("An identifier shows the origin by its right side or by its left one")
    {
        const std::vector<std::string> telling = {
            "1795156012.792292.24582.nullmailer@web1.corp.example",
            "1@WEB1.Corp.Example",
            "1@web1",
            "1@a.shop-origin.example",
            "1@localhost",
            "1@me",
            "1@vm",
            "1@localhost.localdomain",
            "1@web1.internal",
            "1@printer.local",
            "1@nas.lan",
            "1@pc.home.arpa",
            "1@[10.0.0.5]",
            "1@[203.0.113.5]",
            "1@203.0.113.5",
            "1@[198.51.100.7]",
            "1@[IPv6:2001:db8::1]",
            "1@ip-10-0-0-5.eu-west-1.compute.amazonaws.com",
            "1@ec2-203-0-113-5.compute.amazonaws.com",
            "1@5.113.0.203.static.example.net",
            "12.34.JavaMail.www-data@shop.example",
            "a@web1@shop.example",
            "1.[10.0.0.5]@shop.example",
            "10.0.0.5-1@shop.example",
            "web1.corp.example-1@shop.example",
            "c232ab00-9414-11ec-b3c8-9e6bdeced846@shop.example",
            "1@",
            "1@.",
            "www-data",
            "x.203.0.113.5",
        };
        for (const auto& id : telling) {
            CAPTURE(id);
            CHECK(kMap.shows_origin(id));
        }
        const std::vector<std::string> silent = {
            "1795156012.792292.24582.nullmailer@shop.example",
            "1@SHOP.example",
            "CABcd=ef+gh@mail.gmail.com",
            "1@shop-origin.example",
            "1@web2.corp.example",
            "1@web1.example",
            "179515601298.24593@example.org",
            "E1qXyz-0001Ab-2C@example.org",
            "2026.11.20.06.28.29@example.org",
            "1.2.3.4.5@example.org",
            "c232ab00-9414-41ec-b3c8-9e6bdeced846@example.org",
            "c232ab00-9414-11ec-b3c8-9f6bdeced846@example.org",
            "1",
            "",
            "AB2-3-4@host-1-2.example",
        };
        for (const auto& id : silent) {
            CAPTURE(id);
            CHECK_FALSE(kMap.shows_origin(id));
        }
    }

    TEST_CASE("The map is deterministic, keyed, and leaves alone what it gives")
    {
        const auto mapped = kMap.mapped("1@web1");
        CHECK(mapped ==
              "vv2qmrhzp4w3qi2sxkfjtz65j4@shop.example");  // as Python's hmac and base64 give it
        CHECK(mapped.size() == 26 + 1 + 12);
        CHECK(mapped.ends_with("@shop.example"));
        CHECK(mapped == kMap.mapped("1@web1"));
        CHECK(mapped != kMap.mapped("2@web1"));
        CHECK(mapped != MessageIdMap("another key", "shop.example", kOrigin).mapped("1@web1"));
        CHECK_FALSE(kMap.shows_origin(mapped));
    }

    TEST_CASE("Only the identifiers that show the origin change in a field")
    {
        const auto x = kMap.mapped("1@web1");
        struct Row {
            std::string body;
            std::string rewritten;  // empty: as it stands
        };
        const std::vector<Row> rows = {
            {" <1@web1>", " <" + x + ">"},
            {"<1@web1>", "<" + x + ">"},
            {" <1@web1> ", " <" + x + "> "},
            {" <a@example.org>\r\n\t<1@web1>\r\n <b@example.org>",
             " <a@example.org>\r\n\t<" + x + ">\r\n <b@example.org>"},
            {" <1@web1><1@web1>", " <" + x + "><" + x + ">"},
            {" <1@web1>,<a@example.org>", " <" + x + ">,<a@example.org>"},
            {" <1@\r\n web1>", " <" + x + ">"},
            {" 1@web1", " " + x},
            {" 1@web1, a@example.org", " " + x + ", a@example.org"},
            {" Your mail of Friday (x) <1@web1>", " Your mail of Friday (x) <" + x + ">"},
            {" \"Ann\" <a@example.org>'s message", ""},
            {" <a@example.org>", ""},
            {" <>", ""},
            {" <", ""},
            {" <1@web1", " <" + x},
            {" <1@web1 <a@example.org>", " <" + x + " <a@example.org>"},
            {"", ""},
            {" words without an id", ""},
        };
        for (const auto& row : rows) {
            CAPTURE(row.body);
            CHECK(kMap.rewritten(row.body).value_or("") == row.rewritten);
        }
    }

    TEST_CASE("A public name has a dot and no private ending")
    {
        for (const auto* name :
             {"example.org", "a.b.example", "example.org.", "xn--bcher-kva.example"}) {
            CAPTURE(name);
            CHECK(is_public_name(name));
        }
        for (const auto* name : {"", ".", "web1", "localhost", ".org", "10.0.0.5", "[10.0.0.5]",
                                 "2001:db8::1", "a.local", "a.LOCAL", "a.internal.", "a.lan",
                                 "a.corp", "a.home.arpa", "a.test", "a.invalid"}) {
            CAPTURE(name);
            CHECK_FALSE(is_public_name(name));
        }
    }
}
