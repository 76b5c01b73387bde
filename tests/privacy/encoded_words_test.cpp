#include "common/privacy/encoded_words.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using mail::privacy::decoded_words;

TEST_SUITE("privacy/encoded_words")
{
    TEST_CASE("Encoded words become UTF-8 (RFC 2047)")
    {
        struct Row {
            std::string input;
            std::string output;
        };
        const std::vector<Row> rows = {
            {"", ""},
            {"plain", "plain"},
            {"=?utf-8?q?caf=C3=A9?=", "caf\xC3\xA9"},
            {"=?UTF-8?Q?caf=c3=a9?=", "caf\xC3\xA9"},
            {"=?iso-8859-1?Q?caf=E9_au_lait?=", "caf\xC3\xA9 au lait"},
            {"=?iso-8859-15?Q?=A4?=", "\xE2\x82\xAC"},
            {"=?windows-1252?B?gA==?=", "\xE2\x82\xAC"},
            {"=?utf-8?b?Y2Fmw6k?=", "caf\xC3\xA9"},
            {"=?utf-8*fr?q?caf=C3=A9?=", "caf\xC3\xA9"},
            {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\xE6\x97\xA5\xE6\x9C\xAC"},
            {"=?utf-8?q?"
             "?=",
             ""},
            {"=?utf-8?q?=3F=3D?=", "?="},
            // white space between two words goes, other text keeps it (6.2)
            {"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
            {"=?utf-8?q?a?=\r\n =?iso-8859-1?q?b?=", "ab"},
            {"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"},
            {"=?utf-8?q?a?=b=?utf-8?q?c?=", "abc"},
            // a character cut between two words
            {"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "caf\xC3\xA9"},
            {"=?utf-8?b?Y2Fmww==?= =?utf-8?b?qQ==?=", "caf\xC3\xA9"},
            {"=?utf-8?q?=C3?= =?iso-8859-1?q?=A9?=", "\xEF\xBF\xBD\xC2\xA9"},
            // what is no word stays
            {"=?unknown-7?q?a?= =?unknown-7?q?b?=", "=?unknown-7?q?a?= =?unknown-7?q?b?="},
            {"=?unknown-7?q?a?= =?utf-8?q?b?=", "=?unknown-7?q?a?= b"},
            {"=?utf-8?x?a?=", "=?utf-8?x?a?="},
            {"=?utf-8?q?a", "=?utf-8?q?a"},
            {"=?utf-8?q", "=?utf-8?q"},
            {"=?", "=?"},
            {"=?=?utf-8?q?a?=", "=?a"},
            {"=??q?a?=", "=??q?a?="},
            {"=?char?q?a?=", "=?char?q?a?="},
            {"=?utf-8//translit?q?a?=", "=?utf-8//translit?q?a?="},
            // never anything but UTF-8
            {"caf\xE9", "caf\xEF\xBF\xBD"},
            {"=?utf-8?q?=FF?=", "\xEF\xBF\xBD"},
            {"=?utf-8?q?=ED=A0=80?=", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
            {"=?utf-16le?b?ANg=?=", "\xEF\xBF\xBD"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.input);
            CHECK(decoded_words(row.input) == row.output);
        }
    }

    TEST_CASE("A text of a million beginnings of words ends soon")
    {
        std::string text;
        for (int i = 0; i < 200'000; ++i) text += "=?a" + std::to_string(i % 1000) + "?q?";
        CHECK(decoded_words(text) == text);
    }
}
