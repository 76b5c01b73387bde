#include "tests/privacy/collected_streams.h"

#include <cstdlib>

namespace mail::privacy
{

std::ostream& operator<<(std::ostream& out, Stream stream)
{
    return out << stream_name(stream);
}

}  // namespace mail::privacy

namespace mail::test
{
namespace
{

class Collector : public privacy::StreamSink
{
public:
    explicit Collector(std::vector<CollectedStream>& all) : all_(all) {}

    void begin(const privacy::Place& place) override
    {
        if (is_open_) std::abort();
        is_open_ = true;
        all_.push_back({place, {}});
    }
    void feed(std::string_view octets) override
    {
        if (!is_open_) std::abort();
        all_.back().octets.append(octets);
    }
    void end() override
    {
        if (!is_open_) std::abort();
        is_open_ = false;
    }

private:
    std::vector<CollectedStream>& all_;
    bool is_open_ = false;
};

}  // namespace

std::string CollectedStreams::of(privacy::Stream stream) const
{
    std::string text;
    for (const auto& each : all) {
        if (each.place.stream == stream) text.append(each.octets).push_back('\n');
    }
    return text;
}

std::string CollectedStreams::raw() const
{
    std::string text;
    for (const auto& each : all) {
        if (each.place.stream == privacy::Stream::raw) text.append(each.octets);
    }
    return text;
}

const CollectedStream* CollectedStreams::showing(std::string_view text) const
{
    for (const auto& each : all) {
        if (each.octets.find(text) != each.octets.npos) return &each;
    }
    return nullptr;
}

CollectedStreams collect_streams(std::string_view content, const privacy::StreamLimits& limits,
                                 privacy::StreamSet streams)
{
    CollectedStreams collected;
    Collector sink(collected.all);
    collected.read = privacy::read_streams(content, sink, limits, streams);
    return collected;
}

}  // namespace mail::test
