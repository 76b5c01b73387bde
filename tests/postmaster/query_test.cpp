#include "postmaster/query.h"

#include <doctest/doctest.h>

using namespace postmaster;

TEST_SUITE("postmaster/query")
{
    TEST_CASE("numbers are read by name, and what is left out has its default")
    {
        const auto query = parse_query("max=50&wait=0", {"max", "seconds", "wait"});
        REQUIRE(query);
        CHECK(value_or(*query, "max", 7) == 50);
        CHECK(value_or(*query, "wait", 7) == 0);
        CHECK(value_or(*query, "seconds", 900) == 900);
        CHECK(parse_query("", {"max"}));
    }

    TEST_CASE("an unknown name, a name twice and a value that is no number are refused")
    {
        for (const char* text : {"max", "max=", "max=-1", "max=+1", "max= 1", "max=1e3", "max=0x1",
                                 "max=1234567890", "max=%31", "Max=1", "bogus=1", "max=1&max=1",
                                 "max=1&", "&max=1", "max=1;wait=2", "=1", "max==1"}) {
            CAPTURE(text);
            const bool trailing = std::string_view(text) == "max=1&";
            CHECK(parse_query(text, {"max", "wait"}).has_value() == trailing);
        }
    }
}
