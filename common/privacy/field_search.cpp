#include "common/privacy/field_search.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/privacy/ascii.h"
#include "common/privacy/charset.h"
#include "common/privacy/field_streams.h"
#include "common/privacy/stream_writer.h"
#include "common/privacy/streams.h"

namespace mail::privacy
{
namespace
{

/// Collects the hits of the header's streams.
class HitSink : public StreamSink
{
public:
    explicit HitSink(OriginScan& scan) : scan_(scan) {}

    void begin(const Place& place) override { scan_.begin(Region::header, contents_of(place)); }
    void feed(std::string_view octets) override { scan_.feed(octets, hits_); }
    void end() override { scan_.end(hits_); }

    const std::vector<OriginHit>& hits() const { return hits_; }

private:
    OriginScan& scan_;
    std::vector<OriginHit> hits_;
};

StreamSet header_streams()
{
    StreamSet streams;
    for (const auto each : {Stream::raw, Stream::unfolded, Stream::encoded_words,
                            Stream::parameters, Stream::header_token, Stream::percent}) {
        streams.set(static_cast<std::size_t>(each));
    }
    return streams;
}

/// Is it the body of one field, whose line ends are folds?
bool is_one_body(std::string_view text)
{
    for (auto newline = text.find('\n'); newline != text.npos;
         newline = text.find('\n', newline + 1)) {
        if (newline + 1 == text.size() || !is_blank(text[newline + 1])) return false;
    }
    return true;
}

/// What read_streams gives for a message of this one field, without looking for parts in it.
void read_field(std::string_view body, std::string_view field, Charsets& charsets, StreamSink& sink)
{
    StreamWriter writer(sink, {}, header_streams());
    Place place;
    place.region = Region::header;
    writer.write(Stream::raw, place, field);
    FieldStreams(writer, charsets).write(body, place);
}

}  // namespace

/// As if each field had its own charsets: what one may open does not go by those before it.
void FieldSearch::read_body(std::string_view body, std::string_view field, StreamSink& sink)
{
    read_field(body, field, charsets_, sink);
    if (!charsets_.is_full()) return;
    charsets_ = Charsets(kCharsetsOfMessage);
    read_field(body, field, charsets_, sink);
}

bool FieldSearch::shows(std::string_view text, Weight least)
{
    std::string field = "X:";
    field.append(text).append("\r\n");
    HitSink sink(scan_);
    if (is_one_body(text)) {
        read_body(text, field, sink);
    } else {
        (void)read_streams(field + "\r\n", sink, {}, header_streams());
    }
    return std::any_of(sink.hits().begin(), sink.hits().end(), [&](const OriginHit& hit) {
        return weight_of(search_.values().all()[hit.value], hit.form) >= least;
    });
}

}  // namespace mail::privacy
