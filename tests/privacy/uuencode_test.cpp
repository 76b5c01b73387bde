#include "common/privacy/uuencode.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mail::privacy;

TEST_SUITE("privacy/uuencode")
{
    TEST_CASE("Blocks are read wherever they stand, cut anywhere (POSIX uuencode)")
    {
        struct Row {
            std::string text;
            std::string octets;
        };
        const std::vector<Row> rows = {
            {"", ""},
            {"begin 644 a\n#0V%T\n`\nend\n", "Cat"},
            {"Hello\r\nbegin 0644 a b\r\n#0V%T\r\n`\r\nend\r\nbye", "Cat"},
            {"begin 644 a\n#0V%T\n \nend\nbegin 600 b\n!00\nend", "CatA"},
            {"begin 644 a\n#0V%T", "Cat"},              // no end
            {"begin 644 a\n!00\n", "A"},                // blanks at the end cut off
            {"begin 644 a\n#0V%Tx\n#0V%T\nend\n", ""},  // no code at all ends the block
            {"begin 644 a\nThis is no code\n#0V%T\n", ""},
            {"begin to read\n#0V%T\n", ""},
            {"begin-base64 644 a\nQ2F0\n====\nQ2F0", "Cat"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.text);
            CHECK(decoded_uuencode(row.text) == row.octets);
            for (std::size_t cut = 0; cut <= row.text.size(); ++cut) {
                StringSink sink;
                UuencodeDecoder decoder(sink);
                decoder.feed(std::string_view(row.text).substr(0, cut));
                decoder.feed(std::string_view(row.text).substr(cut));
                decoder.finish();
                CHECK(sink.take() == row.octets);
            }
        }
    }
}
