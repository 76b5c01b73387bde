#include "postoffice/http/sender_rules.h"

#include <doctest/doctest.h>

using namespace postoffice::http;

TEST_SUITE("postoffice/http/sender_rules")
{
    TEST_CASE("without a list everybody is allowed, the null sender too")
    {
        const SenderRules rules = *SenderRules::parse("", {});
        CHECK(rules.allows("anybody@anywhere.example"));
        CHECK(rules.allows(""));
    }

    TEST_CASE("with a list those on it are allowed, and the default sender")
    {
        const SenderRules rules =
            *SenderRules::parse("noreply@shop.example", {"ann@a.example", "@B.example"});
        for (const char* sender : {"ann@a.example", "ANN@A.EXAMPLE", "any@b.example",
                                   "NoReply@shop.example", "\"x@y\"@b.example"}) {
            CAPTURE(sender);
            CHECK(rules.allows(sender));
        }
        for (const char* sender : {"bob@a.example", "any@sub.b.example", "any@xb.example",
                                   "@b.example@c.example", "b.example", "", "x@shop.example"}) {
            CAPTURE(sender);
            CHECK_FALSE(rules.allows(sender));
        }
    }

    TEST_CASE("the null sender may be on it")
    {
        const SenderRules rules = *SenderRules::parse("", {"<>", "@b.example"});
        CHECK(rules.allows(""));
        CHECK_FALSE(rules.allows("a@c.example"));
    }

    TEST_CASE("what is no address is refused at the start")
    {
        CHECK_FALSE(SenderRules::parse("not an address", {}));
        for (const char* one : {"", "@", "a b@c.example", "@b.example>", "*@b.example "}) {
            CAPTURE(one);
            CHECK_FALSE(SenderRules::parse("", {one}));
        }
    }
}
