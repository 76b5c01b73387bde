/// Any bytes: the raw stream is the message without a gap, each stream begins and ends, decoded
/// ones stay within their limits, and what is left out leaves the others as they are.
#include "common/privacy/streams.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace mail::privacy;

namespace
{

void demand(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

class Checker : public StreamSink
{
public:
    void begin(const Place& place) override
    {
        demand(!is_open_, "one stream at a time");
        is_open_ = true;
        is_raw_ = place.stream == Stream::raw;
        if (is_raw_) demand(place.offset == raw.size(), "the raw stream goes on where it was");
    }
    void feed(std::string_view octets) override
    {
        demand(is_open_, "nothing outside a stream");
        if (is_raw_) {
            raw.append(octets);
        } else {
            decoded += octets.size();
        }
    }
    void end() override
    {
        demand(is_open_, "an end for each begin");
        is_open_ = false;
    }
    bool is_open() const { return is_open_; }

    std::string raw;
    std::size_t decoded = 0;

private:
    bool is_open_ = false;
    bool is_raw_ = false;
};

StreamLimits small_limits()
{
    StreamLimits limits;
    limits.depth = 3;
    limits.parts = 20;
    limits.decoded_bytes = 5000;
    limits.header_tokens = 10;
    limits.archive_members = 3;
    limits.archive_bytes = 2000;
    return limits;
}

std::size_t decoded_of(std::string_view content, const StreamLimits& limits, StreamSet streams)
{
    Checker checker;
    const auto read = read_streams(content, checker, limits, streams);
    demand(!checker.is_open(), "the last stream ends");
    demand(read.is_complete == read.why.empty(), "what is not complete says why");
    demand(checker.decoded <= limits.decoded_bytes, "decoded octets stay within the limit");
    const bool has_raw = streams.test(static_cast<std::size_t>(Stream::raw));
    demand(checker.raw == (has_raw ? content : ""), "the raw stream is the message");
    return checker.decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    const auto all = decoded_of(content, {}, all_streams());
    decoded_of(content, small_limits(), all_streams());
    auto without_raw = all_streams();
    without_raw.reset(static_cast<std::size_t>(Stream::raw));
    demand(decoded_of(content, {}, without_raw) == all, "the others do not hang on the raw stream");
    return 0;
}
