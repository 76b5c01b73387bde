#include "postoffice/allow_list.h"

#include <doctest/doctest.h>

using namespace postoffice;

TEST_SUITE("postoffice/allow_list")
{
    TEST_CASE("addresses and ranges of both families, bit by bit")
    {
        const auto list = AllowList::parse(
            {"10.0.0.0/8", "192.0.2.7", "198.51.100.128/25", "2001:db8::/33", "::1"});
        REQUIRE(list);
        const struct {
            const char* address;
            bool wanted;
        } rows[] = {
            {"10.255.0.1", true},
            {"11.0.0.1", false},
            {"192.0.2.7", true},
            {"192.0.2.8", false},
            {"198.51.100.127", false},
            {"198.51.100.128", true},
            {"2001:db8:7fff::1", true},
            {"2001:db8:8000::1", false},
            {"::1", true},
            {"::2", false},
            {"::ffff:10.1.2.3", true},
            {"127.0.0.1", false},
            {"", false},
            {"localhost", false},
        };
        for (const auto& row : rows) {
            CAPTURE(row.address);
            CHECK(list->contains(row.address) == row.wanted);
        }
    }

    TEST_CASE("a range of everything is a range; nonsense is named")
    {
        CHECK(AllowList::parse({"0.0.0.0/0"})->contains("203.0.113.9"));
        CHECK_FALSE(AllowList::parse({"0.0.0.0/0"})->contains("2001:db8::1"));
        CHECK(AllowList::parse({"::/0"})->contains("2001:db8::1"));
        CHECK(AllowList::parse({})->is_empty());
        for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0", "::/129",
                                 "localhost", "", "10.0.0.0/8x"}) {
            CAPTURE(text);
            const auto list = AllowList::parse({text});
            REQUIRE_FALSE(list);
            CHECK(list.error().step.find(text) != std::string::npos);
        }
    }
}
