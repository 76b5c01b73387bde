#include "postoffice/http/keys_file.h"

#include <doctest/doctest.h>

using namespace postoffice::http;

TEST_SUITE("postoffice/http/keys_file")
{
    TEST_CASE("a key a line, octets as they stand; empty lines and # lines are none")
    {
        const auto keys = parse_keys(
            "# rotated in May\n\n  a key with white space \r\n#another\nthe-last-without-an-end");
        REQUIRE(keys);
        CHECK(*keys == Keys{"  a key with white space ", "the-last-without-an-end"});
    }

    TEST_CASE("a file with a short key is refused as a whole, with the line and without the key")
    {
        struct Row {
            std::string text;
            std::string line;
        };
        const Row rows[] = {
            {"0123456789abcdef\n0123456789abcde\n", "line 2: "},
            {"\n#\n \n0123456789abcdef\n", "line 3: "},
            {"                    \n", "line 1: "},
            {"\r\r\n", "line 1: "},
            {"x", "line 1: "},
        };
        for (const Row& row : rows) {
            CAPTURE(row.text);
            const auto keys = parse_keys(row.text);
            REQUIRE_FALSE(keys);
            CHECK(keys.error().kind == mail::ErrorKind::malformed);
            CHECK(keys.error().step.starts_with(row.line));
            CHECK(keys.error().step.find("0123456789") == std::string::npos);
        }
    }

    TEST_CASE("a file without a key is refused: the empty key is none")
    {
        for (const char* text : {"", "\n", "\r\n\r\n", "# nothing\n"})
            CHECK_FALSE(parse_keys(text));
    }

    TEST_CASE("there are at most 32")
    {
        std::string text;
        for (int i = 0; i < 32; ++i) text += "0123456789abcdef\n";
        CHECK(parse_keys(text));
        CHECK_FALSE(parse_keys(text + "0123456789abcdef\n"));
    }
}
