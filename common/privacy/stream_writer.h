/// Gives streams to the sink: only those that are asked for, and of decoded ones no more octets
/// than the limit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/privacy/octet_sink.h"
#include "common/privacy/streams.h"

namespace mail::privacy
{

/// "64 MiB", for people.
[[nodiscard]] std::string in_mebibytes(std::uint64_t bytes);

class StreamWriter
{
public:
    StreamWriter(StreamSink& sink, const StreamLimits& limits, StreamSet streams)
        : sink_(sink), limits_(limits), streams_(streams)
    {
    }

    const StreamLimits& limits() const { return limits_; }
    /// Is it asked for, and is there room for more of it?
    bool wants(Stream stream) const
    {
        return streams_.test(static_cast<std::size_t>(stream)) && (stream == Stream::raw || !full_);
    }
    /// No decoded stream gets any more.
    bool is_full() const { return full_; }

    /// A whole stream at once; none where it is empty.
    void write(Stream stream, const Place& place, std::string_view octets);

    void begin(Stream stream, const Place& place);
    /// False: the limit was reached.
    bool feed(std::string_view octets);
    void end();

    /// Says that something was not read; the first reason counts.
    void stop(std::string why);
    StreamsRead take_result() { return std::move(result_); }

private:
    StreamSink& sink_;
    StreamLimits limits_;
    StreamSet streams_;
    bool is_raw_ = false;
    bool full_ = false;
    std::uint64_t decoded_bytes_ = 0;
    StreamsRead result_;
};

/// One stream as the end of a chain of decoders. Begins with its first octet.
class StreamOutput : public OctetSink
{
public:
    StreamOutput(StreamWriter& writer, Stream stream, const Place& place)
        : writer_(writer), stream_(stream), place_(place)
    {
    }
    StreamOutput(const StreamOutput&) = delete;
    StreamOutput& operator=(const StreamOutput&) = delete;
    ~StreamOutput() override { finish(); }

    bool feed(std::string_view octets) override;
    void finish() override;

private:
    StreamWriter& writer_;
    Stream stream_;
    const Place& place_;
    bool has_begun_ = false;
};

}  // namespace mail::privacy
