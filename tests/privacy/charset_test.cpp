#include "common/privacy/charset.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mail::privacy;
using namespace std::string_literals;

TEST_SUITE("privacy/charset")
{
    TEST_CASE("Text becomes UTF-8 whole or in pieces, cut anywhere")
    {
        struct Row {
            const char* charset;
            std::string octets;
            std::string utf8;
        };
        const std::vector<Row> rows = {
            {"utf-8", "caf\xC3\xA9 \xE2\x82\xAC", "caf\xC3\xA9 \xE2\x82\xAC"},
            {"utf-8", "caf\xC3", "caf\xEF\xBF\xBD"},
            {"us-ascii", "a\xFF", "a\xEF\xBF\xBD"},
            {"iso-8859-15", "\xA4", "\xE2\x82\xAC"},
            {"utf-16", "\xFE\xFF\0h\0i"s, "hi"},
            {"utf-16", "\xFF\xFEh\0i\0"s, "hi"},
            {"utf-16le", "h\0i\0"s, "hi"},
            {"utf-16be", "\0h\0i"s, "hi"},
            {"utf-16be", "\xD8\x3D\xDE\x00"s, "\xF0\x9F\x98\x80"},
            {"utf-16be", "\xD8\x3D\0i"s, "\xEF\xBF\xBDi"},
            {"utf-16be", "\0h\0"s, "h\xEF\xBF\xBD"},
            {"utf-32", "\0\0\0h\0\0\0i"s, "hi"},
            {"utf-32le", "h\0\0\0i\0\0\0"s, "hi"},
            {"utf-32be", "\0\x11\0\0"s, "\xEF\xBF\xBD"},
            {"utf-7", "caf+AOk-", "caf\xC3\xA9"},
            {"iso-2022-jp", "\x1B$BF|K\\\x1B(B.", "\xE6\x97\xA5\xE6\x9C\xAC."},
            {"shift_jis", "\x93\xFA.", "\xE6\x97\xA5."},
            {"ibm037", "\xA6\x85\x82\xF1", "web1"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.charset);
            CAPTURE(row.octets);
            auto charset = Charset::open(row.charset);
            REQUIRE(charset);
            CHECK(charset->to_utf8(row.octets) == row.utf8);
            for (std::size_t cut = 0; cut <= row.octets.size(); ++cut) {
                if (row.charset == "utf-16"s && cut > 0 && cut < 2) continue;
                std::string utf8;
                charset->begin();
                charset->append(std::string_view(row.octets).substr(0, cut), utf8);
                charset->append(std::string_view(row.octets).substr(cut), utf8);
                charset->append_end(utf8);
                CHECK(utf8 == row.utf8);
            }
        }
    }

    TEST_CASE("Without a mark the zeros show the order of octets (RFC 2781 4.3)")
    {
        CHECK(to_utf8("w\0e\0b\0\xAC\x20"s, "utf-16") == "web\xE2\x82\xAC");
        CHECK(to_utf8("\0w\0e\0b\x20\xAC"s, "utf-16") == "web\xE2\x82\xAC");
        CHECK(to_utf8("w\0\0\0e\0\0\0"s, "utf-32") == "we");
    }

    TEST_CASE("Only so many charsets are opened")
    {
        Charsets charsets(2);
        CHECK(charsets.find("utf-8") != nullptr);
        CHECK(charsets.find("UTF-8") == charsets.find("utf-8"));
        CHECK(charsets.find("unheard-of") == nullptr);
        CHECK(charsets.is_full());
        CHECK(charsets.find("iso-8859-1") == nullptr);
    }
}
