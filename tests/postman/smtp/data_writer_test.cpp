#include "postman/smtp/data_writer.h"

#include <doctest/doctest.h>

using postman::smtp::could_end_early;
using postman::smtp::DataWriter;

namespace
{

std::string written(std::string_view content)
{
    DataWriter writer(content);
    std::string all;
    std::string piece;
    while (writer.next(piece)) all += piece;
    return all;
}

}  // namespace

TEST_SUITE("postman/smtp/data_writer")
{
    TEST_CASE("dots at line starts are doubled, and the end is one (RFC 5321 4.5.2)")
    {
        const struct {
            const char* content;
            const char* wire;
        } rows[] = {
            {"", ".\r\n"},
            {"a\r\n", "a\r\n.\r\n"},
            {"a", "a\r\n.\r\n"},
            {".\r\n", "..\r\n.\r\n"},
            {"a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
            {"a\r\n..b\r\n", "a\r\n...b\r\n.\r\n"},
            {"a.\r\nb.c\r\n", "a.\r\nb.c\r\n.\r\n"},
            {"a\r\n\r\n", "a\r\n\r\n.\r\n"},
            {"a\rb\r\n", "a\rb\r\n.\r\n"},
            {"a\r.b\r\n", "a\r.b\r\n.\r\n"},
            {"a\n.\nb\n", "a\r\n..\r\nb\r\n.\r\n"},
            {"a\r\r\n.\r\r\n", "a\r\n..\r\n.\r\n"},
            {"a\r", "a\r\r\n.\r\n"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.content);
            CHECK(written(row.content) == row.wire);
        }
    }

    TEST_CASE("nothing ends the mail but its end, and every octet of a sound mail arrives")
    {
        std::string content;
        for (int i = 0; i < 256; ++i)
            if (i != '\r' && i != '\n') content += static_cast<char>(i);
        for (std::size_t size : {100, 65530, 65536, 65537, 200'000}) {
            std::string text = "X: y\r\n\r\n" + content + "\r\n.\r\n..\r\n" +
                               std::string(size, '.') + "\r\n" + std::string(size, 'z') + "\r\n";
            CAPTURE(size);
            const std::string wire = written(text);
            REQUIRE(wire.ends_with("\r\n.\r\n"));
            CHECK(wire.find("\r\n.\r\n") == wire.size() - 5);
            std::string back;
            for (std::size_t at = 0; at < wire.size() - 3;) {
                if (wire[at] == '.') ++at;
                const std::size_t end = wire.find("\r\n", at) + 2;
                back += wire.substr(at, end - at);
                at = end;
            }
            CHECK(back == text);
        }
    }

    TEST_CASE("a piece is small, whatever the content")
    {
        for (const std::string& content :
             {std::string(1'000'000, 'a'), std::string(1'000'000, '\n'),
              std::string(1'000'000, '\r'), std::string(1'000'000, '.')}) {
            DataWriter writer(content);
            std::string piece;
            while (writer.next(piece)) CHECK(piece.size() <= 3 * DataWriter::kPieceBytes);
        }
    }

    TEST_CASE("a line end that two pieces share stays one")
    {
        for (std::size_t before = 65530; before < 65540; ++before) {
            CAPTURE(before);
            const std::string content = std::string(before, 'a') + "\r\n.b\r\n";
            CHECK(written(content) == std::string(before, 'a') + "\r\n..b\r\n.\r\n");
        }
    }

    TEST_CASE("a lone CR before a lone dot could end the mail for sloppy servers")
    {
        CHECK(could_end_early("a\r.\rMAIL FROM:<>"));
        CHECK(could_end_early("a\r.\r\nMAIL FROM:<>"));
        CHECK(could_end_early("a\r.\nMAIL FROM:<>"));
        CHECK_FALSE(could_end_early("a\r\n.\r\nb"));
        CHECK_FALSE(could_end_early("a\r.b\r.\x01"));
        CHECK_FALSE(could_end_early("a\r."));
    }
}
