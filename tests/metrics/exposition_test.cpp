#include "common/metrics/exposition.h"

#include <doctest/doctest.h>

#include <thread>

#include "common/metrics/counter.h"

using namespace mail::metrics;
using namespace std::chrono_literals;

TEST_SUITE("common/metrics")
{
    TEST_CASE("a family has its help, its type and its samples, with labels escaped")
    {
        const std::string text = exposition({
            counter("a_total", "How many.").add(7, {{"of", "x\"y\\\n"}}).add(0, {{"of", "z"}}),
            gauge("b", "How much.").add(1.5),
            gauge("c", "Nothing is known."),
        });
        CHECK(text ==
              "# HELP a_total How many.\n# TYPE a_total counter\n"
              "a_total{of=\"x\\\"y\\\\\\n\"} 7\na_total{of=\"z\"} 0\n"
              "# HELP b How much.\n# TYPE b gauge\nb 1.5\n");
    }

    TEST_CASE("large numbers are whole")
    {
        const std::string text = exposition({counter("a_total", "x").add(12'345'678'901'234)});
        CHECK(text.find("a_total 12345678901234\n") != std::string::npos);
    }

    TEST_CASE("a bucket counts all that took up to its bound, its bound included")
    {
        LatencyHistogram histogram;
        histogram.observe(250us);
        histogram.observe(251us, 3);
        histogram.observe(20s);
        const auto reading = histogram.read();
        CHECK(reading.buckets.at(0).count == 1);
        CHECK(reading.buckets.at(1).count == 4);
        CHECK(reading.buckets.back().count == 4);
        CHECK(reading.count == 5);
        CHECK(reading.sum == doctest::Approx(20.001003));
        LatencyHistogram one;
        one.observe(1ms);
        const std::string text =
            exposition({mail::metrics::histogram("t", "x").add_reading(one.read())});
        CHECK(text.find("t_bucket{le=\"0.001\"} 1\n") != std::string::npos);
        CHECK(text.find("t_bucket{le=\"+Inf\"} 1\n") != std::string::npos);
        CHECK(text.find("t_count 1\n") != std::string::npos);
    }

    TEST_CASE("many threads count, and nothing is lost")
    {
        Counter counted;
        LatencyHistogram histogram;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] {
                    for (int n = 0; n < 10'000; ++n) counted.add(), histogram.observe(1ms);
                });
        }
        CHECK(counted.value() == 40'000);
        CHECK(histogram.read().count == 40'000);
    }
}
