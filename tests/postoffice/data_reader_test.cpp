#include "postoffice/data_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace postoffice;
using namespace std::string_literals;

namespace
{

struct Read {
    bool has_ended = false;
    ContentEnd end = ContentEnd::endless;
    std::string content;
    std::string rest;  // behind the end
};

// Feeds `stream` in two pieces, cut at `cut`.
Read read_cut(const std::string& stream, std::size_t cut, std::size_t max_bytes = 1 << 20)
{
    DataReader reader(max_bytes);
    Read result;
    for (const std::string& piece : {stream.substr(0, cut), stream.substr(cut)}) {
        if (result.has_ended) {
            result.rest += piece;
            continue;
        }
        const auto progress = reader.read(piece);
        result.has_ended = progress.has_ended;
        if (progress.has_ended) result.rest = piece.substr(progress.consumed);
    }
    if (result.has_ended) result.end = reader.end();
    result.content = std::move(reader.content()).join();
    return result;
}

Read read_all(const std::string& stream, std::size_t max_bytes = 1 << 20)
{
    return read_cut(stream, stream.size(), max_bytes);
}

}  // namespace

TEST_SUITE("postoffice/data_reader")
{
    TEST_CASE("line ends, dots and the end, at every split of the input (RFC 5321 4.5.2)")
    {
        const struct {
            std::string stream, content;
        } rows[] = {
            {"a\r\n.\r\n"s, "a\r\n"s},
            {".\r\n"s, ""s},
            {"\r\n.\r\n"s, "\r\n"s},
            {"a\r\nb\r\n\r\nc\r\n.\r\n"s, "a\r\nb\r\n\r\nc\r\n"s},
            // dots
            {"..\r\n.\r\n"s, ".\r\n"s},
            {"..a\r\n...b\r\n.c\r\n.\r\n"s, ".a\r\n..b\r\nc\r\n"s},
            {"a.\r\nb.c\r\n.\r\n"s, "a.\r\nb.c\r\n"s},
            {"a\n..b\r\n.\r\n"s, "a\r\n..b\r\n"s},
            {"a\r\r\n..b\r\n.\r\n"s, "a\r\n.b\r\n"s},
            // line ends: PHP 8 through nullmailer sends CR CR LF; curl -T sends bare LF
            {"A: 1\r\r\nB: 2\r\n\r\r\nx\r\r\r\ny\r\n.\r\n"s, "A: 1\r\nB: 2\r\n\r\nx\r\ny\r\n"s},
            {"a\nb\n\nc\r\n.\r\n"s, "a\r\nb\r\n\r\nc\r\n"s},
            {"a\rb\r\rc\r\n.\r\n"s, "a\rb\r\rc\r\n"s},
            {"\ra\r\n.\r\n"s, "\ra\r\n"s},
            {"\r\r\r\n.\r\n"s, "\r\n"s},
            {"a\r\r\n.\r\n"s, "a\r\n"s},
            // no end: bare LF, bare CR, NUL or more CRs around the dot
            {"a\n.\nb\r\n.\r\n"s, "a\r\n.\r\nb\r\n"s},
            {"a\n.\r\nb\r\n.\r\n"s, "a\r\n.\r\nb\r\n"s},
            {"a\r\n.\nb\r\n.\r\n"s, "a\r\n\r\nb\r\n"s},
            {"a\r.\rb\r\n.\r\n"s, "a\r.\rb\r\n"s},
            {"a\r.\r\nb\r\n.\r\n"s, "a\r.\r\nb\r\n"s},
            {"a\r\n.\rb\r\n.\r\n"s, "a\r\n\rb\r\n"s},
            {"a\r\n.\r\r\nb\r\n.\r\n"s, "a\r\n\r\nb\r\n"s},
            {"a\r\n\0.\r\nb\r\n.\r\n"s, "a\r\n\0.\r\nb\r\n"s},
            {"a\r\n.\0\r\nb\r\n.\r\n"s, "a\r\n\0\r\nb\r\n"s},
            {"a\r\r\n.\r\r\nb\r\n.\r\n"s, "a\r\n\r\nb\r\n"s},
        };
        for (const auto& row : rows) {
            const std::string stream = row.stream + "QUIT\r\n";
            for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
                CAPTURE(row.stream);
                CAPTURE(cut);
                const Read got = read_cut(stream, cut);
                REQUIRE(got.has_ended);
                CHECK(got.end == ContentEnd::complete);
                CHECK(got.content == row.content);
                CHECK(got.rest == "QUIT\r\n");
            }
        }
    }

    TEST_CASE("every byte value passes unchanged but CR and LF")
    {
        std::string line;
        for (int byte = 0; byte < 256; ++byte)
            if (byte != '\r' && byte != '\n') line += static_cast<char>(byte);
        CHECK(read_all(line + "\r\n.\r\n").content == line + "\r\n");
    }

    TEST_CASE("a line of 100,000 bytes and a content of many pieces come out whole")
    {
        std::string content;
        while (content.size() < 3 * Content::kPieceBytes)
            content += std::string(100'000, 'x') + "\r\n";
        const Read got = read_all(content + ".\r\n", 1 << 22);
        CHECK(got.content == content);
    }

    TEST_CASE(
        "over the limit it reads to the end and keeps nothing; past twice the limit it gives up")
    {
        const std::string fits(98, 'x');
        CHECK(read_all(fits + "\r\n.\r\n", 100).end == ContentEnd::complete);
        const Read over = read_all(fits + "x\r\n.\r\nQUIT\r\n", 100);
        CHECK(over.end == ContentEnd::oversize);
        CHECK(over.content.empty());
        CHECK(over.rest == "QUIT\r\n");
        CHECK(read_all(std::string(198, 'x') + "\r\n.\r\n", 100).end == ContentEnd::oversize);
        CHECK(read_all(std::string(300, 'x'), 100).end == ContentEnd::endless);
    }

    TEST_CASE("after drop() it reads to the end and says so")
    {
        DataReader reader(1000);
        static_cast<void>(reader.read("abc\r\n"));
        reader.drop();
        CHECK(reader.growth_of(100) == 0);
        const auto progress = reader.read("def\r\n.\r\n");
        CHECK(progress.has_ended);
        CHECK(reader.end() == ContentEnd::no_memory);
        CHECK(reader.content().size() == 0);
    }

    TEST_CASE("growth_of is never less than what a read adds")
    {
        const std::string inputs[] = {"\n\n\n\n", "\r\r\r\r", "x\r\r", "a\nb\n", "\r\n"};
        DataReader reader(1000);
        static_cast<void>(reader.read("x\r\r\r"));
        for (const std::string& input : inputs) {
            const std::size_t before = reader.content().size();
            const std::size_t bound = reader.growth_of(input.size());
            static_cast<void>(reader.read(input));
            CHECK(reader.content().size() - before <= bound);
        }
    }
}
