#include "common/metrics/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace mail::metrics
{
namespace
{

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricType type_of(Family::Kind kind)
{
    switch (kind) {
        case Family::Kind::counter:
            return MetricType::Counter;
        case Family::Kind::histogram:
            return MetricType::Histogram;
        case Family::Kind::gauge:
            break;
    }
    return MetricType::Gauge;
}

ClientMetric::Histogram histogram_of(const LatencyHistogram::Reading& reading)
{
    ClientMetric::Histogram histogram;
    histogram.sample_count = reading.count;
    histogram.sample_sum = reading.sum;
    for (const auto& bucket : reading.buckets)
        histogram.bucket.push_back({bucket.count, bucket.bound});
    return histogram;
}

ClientMetric metric_of(const Family& family, const Family::Sample& sample)
{
    ClientMetric metric;
    for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
    switch (family.kind()) {
        case Family::Kind::counter:
            metric.counter.value = sample.value;
            break;
        case Family::Kind::gauge:
            metric.gauge.value = sample.value;
            break;
        case Family::Kind::histogram:
            metric.histogram = histogram_of(sample.reading);
            break;
    }
    return metric;
}

}  // namespace

Family::Family(Kind kind, std::string name, std::string help)
    : kind_(kind), name_(std::move(name)), help_(std::move(help))
{
}

Family& Family::add_reading(LatencyHistogram::Reading reading, Labels labels)
{
    samples_.push_back({std::move(labels), 0, std::move(reading)});
    return *this;
}

std::string exposition(const std::vector<Family>& families)
{
    std::vector<MetricFamily> all;
    for (const Family& family : families) {
        if (family.samples().empty()) continue;
        MetricFamily made;
        made.name = family.name();
        made.help = family.help();
        made.type = type_of(family.kind());
        for (const Family::Sample& sample : family.samples())
            made.metric.push_back(metric_of(family, sample));
        all.push_back(std::move(made));
    }
    return prometheus::TextSerializer().Serialize(all);
}

}  // namespace mail::metrics
