/// Metrics in Prometheus' text form, written by prometheus-cpp. All three programs' names and what
/// they mean: docs/metrics.md. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/metrics/latency_histogram.h"

namespace mail::metrics
{

/// What `GET /metrics` answers as.
inline constexpr std::string_view kTextType = "text/plain; version=0.0.4; charset=utf-8";

using Labels = std::vector<std::pair<std::string, std::string>>;

/// All samples of one name.
class Family
{
public:
    enum class Kind { counter, gauge, histogram };
    struct Sample {
        Labels labels;
        double value = 0;
        LatencyHistogram::Reading reading = {};  // of a histogram
    };

    Family(Kind kind, std::string name, std::string help);

    template <class Number>
    Family& add(Number value, Labels labels = {})
    {
        samples_.push_back({std::move(labels), static_cast<double>(value), {}});
        return *this;
    }
    Family& add_reading(LatencyHistogram::Reading reading, Labels labels = {});

    Kind kind() const { return kind_; }
    const std::string& name() const { return name_; }
    const std::string& help() const { return help_; }
    const std::vector<Sample>& samples() const { return samples_; }

private:
    Kind kind_;
    std::string name_;
    std::string help_;
    std::vector<Sample> samples_;
};

[[nodiscard]] inline Family counter(std::string name, std::string help)
{
    return {Family::Kind::counter, std::move(name), std::move(help)};
}
[[nodiscard]] inline Family gauge(std::string name, std::string help)
{
    return {Family::Kind::gauge, std::move(name), std::move(help)};
}
[[nodiscard]] inline Family histogram(std::string name, std::string help)
{
    return {Family::Kind::histogram, std::move(name), std::move(help)};
}

/// The text; a family without samples is left out.
[[nodiscard]] std::string exposition(const std::vector<Family>& families);

}  // namespace mail::metrics
