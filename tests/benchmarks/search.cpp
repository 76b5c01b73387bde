/// How fast are the origin's values looked for? Prints one table, Markdown: by text, size and
/// number of values. No test: what a machine can do is no matter of right and wrong.
///
///     scripts/bench search
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "common/privacy/origin_search.h"

using namespace mail::privacy;

namespace
{

/// Numbers without a pattern, the same in each run.
class Numbers
{
public:
    std::uint32_t below(std::uint32_t limit)
    {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::uint32_t>((state_ >> 33) % limit);
    }

private:
    std::uint64_t state_ = 20261120;
};

std::string prose(std::size_t size)
{
    constexpr const char* kWords[] = {"the",
                                      "order",
                                      "number",
                                      "of",
                                      "your",
                                      "account",
                                      "has",
                                      "been",
                                      "shipped",
                                      "and",
                                      "will",
                                      "arrive",
                                      "within",
                                      "3",
                                      "days",
                                      "mail",
                                      "please",
                                      "visit",
                                      "https://shop.example.org/orders/4711?t=8f3a9c",
                                      "for",
                                      "details,",
                                      "invoice",
                                      "2026-11",
                                      "total",
                                      "49.90",
                                      "EUR",
                                      "thank",
                                      "you",
                                      "support"};
    Numbers numbers;
    std::string text;
    for (std::size_t line = 0; text.size() < size;) {
        const std::string word = kWords[numbers.below(std::size(kWords))];
        line += word.size() + 1;
        text += word + (line > 70 ? "\r\n" : " ");
        if (line > 70) line = 0;
    }
    text.resize(size);
    return text;
}

std::string html(std::size_t size)
{
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i) {
        text +=
            "<tr><td style=\"padding:4px 8px;color:#3a3f44;font:14px/1.4 Arial\"><a href=\"https:"
            "//shop.example.org/p/" +
            std::to_string(i) + "?utm=a-b\">Article &amp; more</a></td>\r\n";
    }
    text.resize(size);
    return text;
}

std::string base64(std::size_t size)
{
    constexpr const char* kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Numbers numbers;
    std::string text;
    while (text.size() < size) {
        for (int i = 0; i < 76; ++i) text += kAlphabet[numbers.below(64)];
        text += "\r\n";
    }
    text.resize(size);
    return text;
}

/// The worst that is ordinary: times, addresses and names of other machines in every line.
std::string log_lines(std::size_t size)
{
    Numbers numbers;
    std::string text;
    while (text.size() < size) {
        text += "2026-11-20 12:" + std::to_string(10 + numbers.below(50)) + ":07 web-" +
                std::to_string(numbers.below(9000)) + ".prod.example.org nginx: 192.0.2." +
                std::to_string(numbers.below(256)) + " - \"GET /a/" +
                std::to_string(numbers.below(1'000'000'000)) +
                "\" 200 2001:db8::" + std::to_string(numbers.below(999)) + "\r\n";
    }
    text.resize(size);
    return text;
}

OriginValues values(std::size_t count)
{
    std::vector<OriginValue> all;
    for (std::size_t i = 0; i < count; ++i) {
        const auto number = std::to_string(i);
        const std::string texts[] = {
            "web-" + number + ".prod.internal.example", "10." + std::to_string(i % 256) + ".3.0/24",
            "203.0.113." + std::to_string(i % 256), "/srv/www/site" + number, "deploy" + number};
        all.push_back(*parse_origin_value(texts[i % std::size(texts)]));
    }
    return OriginValues(std::move(all));
}

/// Of this thread's own work: what else runs on the machine does not count.
double processor_seconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds(const std::function<void()>& work)
{
    const double begin = processor_seconds();
    work();
    return processor_seconds() - begin;
}

/// The best of five rounds of some 100 ms: what the machine can do when it is left alone.
double seconds_each(const std::function<void()>& work)
{
    double best = 1e9;
    const double once = seconds(work);
    const auto rounds = static_cast<int>(0.1 / (once + 1e-9)) + 1;
    for (int i = 0; i < 5; ++i) {
        const double all = seconds([&] {
            for (int round = 0; round < rounds; ++round) work();
        });
        best = std::min(best, all / rounds);
    }
    return best;
}

void measure(const char* name, const std::string& text, const OriginSearch& search,
             std::size_t count)
{
    std::vector<OriginHit> hits;
    OriginScan scan(search);
    const double each = seconds_each([&] {
        hits.clear();
        scan.begin(Region::text);
        scan.feed(text, hits);
        scan.end(hits);
    });
    std::printf("| %s | %zu | %zu | %.2f | %.0f |\n", name, text.size(), count, each * 1e6,
                static_cast<double>(text.size()) / each / 1e6);
}

}  // namespace

int main()
{
    std::puts("| text | octets | values | µs | MB/s |\n|---|--:|--:|--:|--:|");
    for (const std::size_t count : {1U, 20U, 500U}) {
        const OriginSearch search(values(count));
        for (const std::size_t size : {4'096U, 102'400U, 10'485'760U}) {
            measure("prose", prose(size), search, count);
            measure("HTML", html(size), search, count);
            measure("base64", base64(size), search, count);
            measure("log lines", log_lines(size), search, count);
        }
    }
    for (const std::size_t count : {1U, 500U, 50'000U}) {
        const double making = seconds([&] { const OriginSearch search(values(count)); });
        std::printf("\nMaking the search for %zu values: %.2f ms", count, making * 1e3);
    }
    std::puts("");
}
