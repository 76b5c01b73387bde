/// All streams of a message, kept: for tests that look into them.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/streams.h"

namespace mail::privacy
{

std::ostream& operator<<(std::ostream& out, Stream stream);

}  // namespace mail::privacy

namespace mail::test
{

struct CollectedStream {
    privacy::Place place;
    std::string octets;
};

struct CollectedStreams {
    std::vector<CollectedStream> all;
    privacy::StreamsRead read;

    /// The octets of all streams of this kind, a line feed after each.
    [[nodiscard]] std::string of(privacy::Stream stream) const;
    /// The raw stream put together again.
    [[nodiscard]] std::string raw() const;
    /// The first stream that shows the text, or nullptr.
    [[nodiscard]] const CollectedStream* showing(std::string_view text) const;
};

[[nodiscard]] CollectedStreams collect_streams(std::string_view content,
                                               const privacy::StreamLimits& limits = {},
                                               privacy::StreamSet streams = privacy::all_streams());

}  // namespace mail::test
