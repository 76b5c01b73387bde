#include "postoffice/line_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace postoffice;

namespace
{

// Every line that comes out when `stream` arrives in pieces of `step` bytes.
std::vector<std::string> lines_of(const std::string& stream, std::size_t step)
{
    LineReader reader;
    std::vector<std::string> lines;
    std::string buffered;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        buffered += stream.substr(at, step);
        for (;;) {
            const LineReader::Line line = reader.next(buffered);
            if (line.kind == LineReader::Kind::line) lines.emplace_back(line.text);
            if (line.kind == LineReader::Kind::bare_line_feed) lines.emplace_back("(bare)");
            if (line.kind == LineReader::Kind::too_long) lines.emplace_back("(long)");
            buffered.erase(0, line.consumed);
            if (line.kind == LineReader::Kind::none) break;
        }
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE("postoffice/line_reader")
{
    TEST_CASE("lines end with CR LF, however they arrive (RFC 5321 2.3.8)")
    {
        const std::string stream = "EHLO a\r\n\r\nNO\rOP\r\nQUIT\r\r\n";
        for (std::size_t step = 1; step <= stream.size(); ++step)
            CHECK(lines_of(stream, step) == Lines{"EHLO a", "", "NO\rOP", "QUIT\r"});
    }

    TEST_CASE("a bare LF ends a line only where nothing is behind it")
    {
        CHECK(lines_of("QUIT\n", 100) == Lines{"QUIT"});
        CHECK(lines_of("\n", 100) == Lines{""});
        CHECK(lines_of("RCPT TO:<a>\nMAIL FROM:<evil>\r\nNOOP\r\n", 100) ==
              Lines{"(bare)", "NOOP"});
        CHECK(lines_of("HELO a\nQUIT\n", 100) == Lines{"(bare)"});
    }

    TEST_CASE(
        "a line of 2,048 bytes is read, a longer one is thrown away to its end (RFC 5321 "
        "4.5.3.1.4)")
    {
        const std::string longest(kMaxLineBytes - 2, 'x');
        for (const std::size_t step : {1, 7, 2047, 2048, 2049, 100'000}) {
            CAPTURE(step);
            CHECK(lines_of(longest + "\r\nQUIT\r\n", step) == Lines{longest, "QUIT"});
            CHECK(lines_of("x" + longest + "\r\nQUIT\r\n", step) == Lines{"(long)", "QUIT"});
            CHECK(lines_of(std::string(10'000, 'y') + "\r\nQUIT\r\n", step) ==
                  Lines{"(long)", "QUIT"});
        }
    }
}
