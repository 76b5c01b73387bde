/// The decoded streams of a part's body: one pass over it for each, so that only one is open at a
/// time and no part is ever held whole; but for archives and what is in them, within their limits.
#pragma once

#include <string>
#include <string_view>

#include "common/privacy/archive.h"
#include "common/privacy/charset.h"
#include "common/privacy/mime_parts.h"
#include "common/privacy/octet_source.h"
#include "common/privacy/stream_writer.h"
#include "common/privacy/text_streams.h"
#include "common/privacy/text_traits.h"

namespace mail::privacy
{

class PartStreams
{
public:
    PartStreams(StreamWriter& writer, Charsets& charsets)
        : writer_(writer), charsets_(charsets), text_streams_(writer), archives_(writer.limits())
    {
    }

    /// Of a leaf, or of a container that is encoded as a whole.
    void write(const MimePart& part, const Place& place);

private:
    class MemberStreams;

    struct Body {
        OctetSource source;
        Stream stream;  // of the octets
        bool is_shown;  // they have been in a stream already
        std::string_view type;
        std::string_view charset;
        unsigned archive_depth;
    };

    void write_body(const Body& body, const Place& place);
    TraitsReader write_octets(const Body& body, const Place& place, OctetSink& copy);
    void write_archive(const Body& body, const Place& place);
    void write_blocks(const Body& body, const TextTraits& traits, const Place& place);
    void write_unfolded(const Body& body, const TextTraits& traits, const Place& place);
    void write_quoted(const Body& body, const Place& place);
    void write_text(const Body& body, const TraitsReader& read, const Place& place);

    StreamWriter& writer_;
    Charsets& charsets_;
    TextStreams text_streams_;
    ArchiveBudget archives_;
};

}  // namespace mail::privacy
