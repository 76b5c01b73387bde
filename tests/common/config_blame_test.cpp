#include "common/config_blame.h"

#include <doctest/doctest.h>

using namespace mail;

TEST_SUITE("common/config_blame")
{
    TEST_CASE("an option's name is found as a word only")
    {
        CHECK(option_in("--dsn needs it", "dsn") == 0);
        CHECK(option_in("what --dsn", "dsn") == 5);
        CHECK(option_in("--dsn-domain: wants --dsn: x", "dsn") == 20);
        CHECK(option_in("--dsn-domain: wants a domain", "dsn") == std::string::npos);
        CHECK(option_in("--smtp-ca", "ca") == std::string::npos);
        CHECK(option_in("a--ca", "ca") == std::string::npos);
    }

    TEST_CASE("the line of the option that a complaint names first is blamed")
    {
        const std::vector<ConfigLine> lines = {
            {1, "dsn", "sender"},       {2, "dsn-domain", "-x"},    {3, "origin", "good.example"},
            {4, "origin", "bad value"}, {5, "allow", "10.0.0.0/8"}, {6, "listen", "0.0.0.0:25"}};
        CHECK(line_to_blame("--dsn-domain: wants a domain: -x", lines)->line == 2);
        CHECK(line_to_blame("--origin bad value: no", lines)->line == 4);
        CHECK(line_to_blame("--origin: something", lines)->line == 3);
        CHECK(line_to_blame("--listen: say who, with --allow", lines)->line == 6);
        CHECK(line_to_blame("--spool is empty", lines) == nullptr);
        CHECK(line_to_blame("nothing of this", lines) == nullptr);
    }

    TEST_CASE("an argument gives an option by its whole name")
    {
        CHECK(gives_option("--dsn", "dsn"));
        CHECK(gives_option("--dsn=none", "dsn"));
        CHECK_FALSE(gives_option("--dsn-domain", "dsn"));
        CHECK_FALSE(gives_option("dsn", "dsn"));
    }
}
