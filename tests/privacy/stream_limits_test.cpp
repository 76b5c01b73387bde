#include <doctest/doctest.h>

#include <string>

#include "tests/privacy/collected_streams.h"
#include "tests/privacy/packed.h"

using namespace mail::privacy;
using mail::test::base64_lines;
using mail::test::collect_streams;

namespace
{

/// Counts, and keeps nothing.
class CountingSink : public StreamSink
{
public:
    void begin(const Place& place) override { is_raw_ = place.stream == Stream::raw; }
    void feed(std::string_view octets) override
    {
        (is_raw_ ? raw : decoded) += octets.size();
        longest = std::max(longest, is_raw_ ? 0 : octets.size());
    }
    void end() override {}

    std::size_t raw = 0;
    std::size_t decoded = 0;
    std::size_t longest = 0;  // decoded piece

private:
    bool is_raw_ = false;
};

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all.append(text);
    return all;
}

}  // namespace

TEST_SUITE("privacy/streams")
{
    TEST_CASE("A huge part comes in small pieces, up to the limit; the raw stream goes on")
    {
        const auto content = "Content-Transfer-Encoding: base64\r\n\r\n" +
                             repeated(base64_lines(std::string(57, 'x')), 200'000);
        StreamLimits limits;
        limits.decoded_bytes = 1024 * 1024;
        CountingSink sink;
        const auto read = read_streams(content, sink, limits);
        CHECK_FALSE(read.is_complete);
        CHECK(read.why == "1 MiB decoded");
        CHECK(sink.raw == content.size());
        CHECK(sink.decoded == limits.decoded_bytes);
        CHECK(sink.longest <= 64 * 1024);
    }

    TEST_CASE("Too deep, too many: said, and all of it is in the raw stream")
    {
        struct Row {
            std::string content;
            std::string why;
        };
        std::string deep;
        std::string deep_mails;
        for (int level = 0; level < 10'000; ++level) {
            const auto name = "b" + std::to_string(level);
            deep +=
                "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
            deep_mails += "Content-Type: message/rfc822\r\n\r\n";
        }
        const std::vector<Row> rows = {
            {deep, "nested 8 deep"},
            {deep_mails, "nested 8 deep"},
            {"Content-Type: multipart/mixed; boundary=B\r\n\r\n" +
                 repeated("--B\r\n\r\nx\r\n", 5000),
             "1000 parts"},
            {repeated("X-A: AAAAAAAAAAAAAAAAAAAA\r\n", 10'001), "10000 tokens in headers"},
            {"X-A: " + repeated("; a=b*0=c", 2000) + "\r\n\r\n", "too many parameters in a field"},
            {"X-A: " + std::string(5'000'000, 'a') + "\r\n\r\n", "field over 4 MiB"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.why);
            CountingSink sink;
            const auto read = read_streams(row.content, sink);
            CHECK_FALSE(read.is_complete);
            CHECK(read.why == row.why);
            CHECK(sink.raw == row.content.size());
            CHECK(sink.decoded <= 64 * 1024 * 1024);
        }
    }

    TEST_CASE("Many charsets are too many")
    {
        std::string content;
        for (int i = 0; i < 100; ++i) {
            content += "X-A: =?x-charset-" + std::to_string(i) + "?Q?=41?=\r\n";
        }
        CountingSink sink;
        CHECK(read_streams(content, sink).why == "64 charsets");
    }

    TEST_CASE("Ordinary things are far from the limits")
    {
        std::string content = "Subject: x\r\n";
        for (int i = 0; i < 1000; ++i) content += "X-A: =?utf-8?Q?caf=C3=A9?= a%20b\r\n";
        content += "Content-Type: multipart/mixed; boundary=B\r\n\r\n";
        for (int i = 0; i < 100; ++i) {
            content += "--B\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                       base64_lines(std::string(5000, 'x')) + "\r\n";
        }
        CHECK(collect_streams(content).read.is_complete);
    }
}
