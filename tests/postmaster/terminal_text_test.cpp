#include "postmaster/terminal_text.h"

#include <doctest/doctest.h>

using namespace postmaster;

TEST_SUITE("postmaster/terminal_text")
{
    TEST_CASE("nothing that steers a terminal, breaks a line or turns text is put out")
    {
        const struct {
            std::string given;
            const char* wanted;
        } rows[] = {
            {"plain ~ text", "plain ~ text"},
            {"\x1b[31mred", "\\x1b[31mred"},
            {"a\r\nb\tc", "a\\x0d\\x0ab\\x09c"},
            {std::string("nul\0nul", 7), "nul\\x00nul"},
            {"\x7f", "\\x7f"},
            {"csi \xc2\x9b"
             "31m",
             "csi \\x9b31m"},                             // U+009B, CSI in one character
            {"\xe2\x80\xaegpj.exe", "\\u{202e}gpj.exe"},  // right-to-left override
            {"a\xe2\x80\x8b"
             "b",
             "a\\u{200b}b"},  // zero width space
            {"a\xe2\x80\xa8"
             "b",
             "a\\u{2028}b"},  // line separator
            {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
            {"\xf0\x9f\x93\xa7", "\xf0\x9f\x93\xa7"},
            {"latin1 \xfc", "latin1 \\xfc"},
            {"half \xc3", "half \\xc3"},
            {"half \xf0\x9f", "half \\xf0\\x9f"},
            {"overlong \xc0\x9b", "overlong \\xc0\\x9b"},
            {"a\x80", "a\\x80"},
        };
        for (const auto& row : rows) CHECK(shown(row.given) == row.wanted);
    }

    TEST_CASE("a text is cut between characters")
    {
        CHECK(cut_to("abc", 3) == "abc");
        CHECK(cut_to("abcd", 3) == "ab…");
        CHECK(cut_to("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 3) == "\xc3\xbc\xc3\xbc…");
        CHECK(cut_to("abcd", 0) == "…");
    }

    TEST_CASE("columns are as wide as their widest cell, whatever its colour; no blanks at the end")
    {
        const Style colour{true};
        CHECK(table_of({{"ID", "FROM", "x"}, {"0123", "", ""}}) == "ID    FROM  x\n0123\n");
        CHECK(table_of({{colour.toned("a", Tone::bad), "b"}, {"cc", "d"}}) ==
              "\x1b[1;31ma\x1b[0m   b\ncc  d\n");
        CHECK(table_of({{"\xc3\xbc", "b"}, {"cc", "d"}}) == "\xc3\xbc   b\ncc  d\n");
    }

    TEST_CASE("a hit is in brackets where there is no colour")
    {
        CHECK(Style{false}.marked("web1") == "[web1]");
        CHECK(Style{true}.marked("web1") == "\x1b[1;31mweb1\x1b[0m");
        CHECK(Style{false}.toned("web1", Tone::bad) == "web1");
    }
}
