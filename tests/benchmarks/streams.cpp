/// bench_streams: how fast a mail's streams are read, by kind, without a search behind them.
#include "common/privacy/streams.h"

#include <time.h>

#include <cstdio>
#include <string>
#include <vector>

#include "common/base64.h"

namespace mail::bench
{
namespace
{

using namespace privacy;

constexpr std::size_t kSize = 10'000'000;
constexpr double kSecondsEach = 0.5;

class CountingSink : public StreamSink
{
public:
    void begin(const Place& /*place*/) override { ++streams; }
    void feed(std::string_view piece) override { octets += piece.size(); }
    void end() override {}

    std::size_t streams = 0;
    std::size_t octets = 0;
};

double cpu_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string repeated(std::string_view text, std::size_t size)
{
    std::string all;
    while (all.size() < size) all.append(text);
    return all;
}

std::string noise(std::size_t size)
{
    std::string octets;
    std::uint64_t state = 1;
    while (octets.size() < size) {
        state = state * 6364136223846793005 + 1442695040888963407;
        octets.push_back(static_cast<char>(state >> 56));
    }
    return octets;
}

std::string base64_lines(std::string_view octets)
{
    const auto text = base64_encode(octets);
    std::string lines;
    for (std::size_t at = 0; at < text.size(); at += 76) lines.append(text, at, 76).append("\r\n");
    return lines;
}

struct Kind {
    const char* name;
    std::string content;
};

std::string headed(std::string_view fields, std::string body)
{
    return std::string(fields) + "\r\n\r\n" + std::move(body);
}

std::vector<Kind> kinds()
{
    const std::string base64 = "\r\nContent-Transfer-Encoding: base64";
    const std::string words =
        "The quick brown fox jumps over the lazy dog, and then some more.\r\n";
    const std::string markup =
        "<tr><td class=\"a\" style=\"color:#333\"><a href=\"http://x.example/?a=1&amp;b=2\">The "
        "quick brown</a> fox&nbsp;jumps over the lazy dog.</td></tr>\r\n";
    std::string wide;
    for (const char c : repeated(words, kSize / 2)) wide.append({c, '\0'});
    return {
        {"text, 4 KB", headed("Subject: x", repeated(words, 4000))},
        {"text", headed("Subject: x", repeated(words, kSize))},
        {"text with escapes", headed("Subject: x", repeated(words + "http://x/%20y\r\n", kSize))},
        {"text, Latin-1", headed("Content-Type: text/plain; charset=iso-8859-1",
                                 repeated("caf\xE9 " + words, kSize))},
        {"text, UTF-8", headed("Content-Type: text/plain; charset=utf-8",
                               repeated("caf\xC3\xA9 \xE2\x80\x9C" + words, kSize))},
        {"text, UTF-16", headed("Content-Type: text/plain; charset=utf-16le", wide)},
        {"quoted-printable",
         headed("Content-Transfer-Encoding: quoted-printable",
                repeated(words + "caf=C3=A9 and a soft br=\r\neak\r\n", kSize))},
        {"html", headed("Content-Type: text/html", repeated(markup, kSize))},
        {"html, base64",
         headed("Content-Type: text/html" + base64, base64_lines(repeated(markup, kSize)))},
        {"attachment", headed("Content-Type: image/jpeg" + base64, base64_lines(noise(kSize)))},
        {"uuencode", headed("Subject: x", "begin 644 a\r\n" +
                                              repeated("M" + std::string(60, 'A') + "\r\n", kSize) +
                                              "`\r\nend\r\n")},
        {"headers", repeated("X-Some-Field: with some words and a value of 17\r\n", kSize)},
    };
}

void measure(const Kind& kind)
{
    CountingSink sink;
    std::size_t rounds = 0;
    const auto began = cpu_seconds();
    double spent = 0;
    do {
        (void)read_streams(kind.content, sink);
        ++rounds;
        spent = cpu_seconds() - began;
    } while (spent < kSecondsEach);
    const auto count = static_cast<double>(rounds);
    const auto size = static_cast<double>(kind.content.size());
    std::printf("| %-18s | %7.0f | %9.1f | %8.2f |\n", kind.name, size * count / spent / 1e6,
                spent / count * 1e6, static_cast<double>(sink.octets) / count / size);
}

}  // namespace
}  // namespace mail::bench

int main()
{
    std::puts("| kind               | MB/s    | us a mail | fed/size |");
    std::puts("|---|---|---|---|");
    for (const auto& kind : mail::bench::kinds()) mail::bench::measure(kind);
}
