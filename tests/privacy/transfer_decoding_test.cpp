#include "common/privacy/transfer_decoding.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "common/privacy/utf8.h"

using namespace mail::privacy;

TEST_SUITE("privacy/transfer_decoding")
{
    struct Row {
        std::string text;
        std::string octets;
    };

    TEST_CASE("Base64, whatever stands between (RFC 2045 6.8)")
    {
        const std::vector<Row> rows = {
            {"", ""},
            {"Zg==", "f"},
            {"Zm8=", "fo"},
            {"Zm9v", "foo"},
            {"Zg", "f"},
            {"Zm8", "fo"},
            {"Z", ""},
            {"Zm\r\n 9v\r\n", "foo"},
            {"Z-m9v!", "foo"},
            {"Zg==Zg==", "ff"},
            {"Zm8=\r\nZm8=", "fofo"},
            {"====", ""},
            {"/+8=", "\xFF\xEF"},
            {"\xFF\xFE", ""},
        };
        for (const auto& row : rows) {
            CAPTURE(row.text);
            CHECK(decoded_base64(row.text) == row.octets);
        }
    }

    TEST_CASE("Quoted-printable, with soft breaks and what is no escape (RFC 2045 6.7)")
    {
        const std::vector<Row> rows = {
            {"", ""},
            {"a=20b", "a b"},
            {"caf=C3=A9 caf=c3=a9", "caf\xC3\xA9 caf\xC3\xA9"},
            {"a=\r\nb", "ab"},
            {"a=\nb", "ab"},
            {"a= \t\r\nb", "ab"},
            {"a=", "a"},
            {"a=\r\n", "a"},
            {"a \t\r\nb ", "a\r\nb"},
            {"a=zz=4", "a=zz=4"},
            {"= x", "= x"},
            {"a\rb", "a\rb"},
            {"==20", "= "},
        };
        for (const auto& row : rows) {
            CAPTURE(row.text);
            CHECK(decoded_quoted_printable(row.text) == row.octets);
        }
    }

    TEST_CASE("What is no UTF-8 is replaced byte by byte (RFC 3629)")
    {
        const std::string bad = "\xEF\xBF\xBD";
        const std::vector<Row> rows = {
            {"a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
            {"\xC3", bad},
            {"\xC0\x80", bad + bad},
            {"\xE0\x80\x80", bad + bad + bad},
            {"\xED\xA0\x80", bad + bad + bad},
            {"\xF4\x90\x80\x80", bad + bad + bad + bad},
            {"\xF5", bad},
            {"\xE2\x82x", bad + bad + "x"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.text);
            CHECK(repaired_utf8(row.text) == row.octets);
        }
        CHECK(cut_utf8("a\xC3\xA9", 2) == "a");
        CHECK(cut_utf8("a\xC3\xA9", 3) == "a\xC3\xA9");
        CHECK(cut_utf8("\xE2\x82\xAC", 1) == "");
    }
}
