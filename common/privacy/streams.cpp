#include "common/privacy/streams.h"

#include <algorithm>

#include "common/privacy/charset.h"
#include "common/privacy/field_streams.h"
#include "common/privacy/late_fields.h"
#include "common/privacy/message_view.h"
#include "common/privacy/mime_parts.h"
#include "common/privacy/part_streams.h"
#include "common/privacy/stream_writer.h"

namespace mail::privacy
{
namespace
{

PartLimits part_limits(const StreamLimits& limits)
{
    return {limits.depth, limits.parts, limits.decoded_bytes};
}

/// Parts that are fields and nothing else (RFC 3464, RFC 6522, RFC 8098).
bool is_of_fields(const MimePart& part)
{
    return part.role == MimePart::Role::leaf && !part.is_of_message_type() &&
           (part.type == "text/rfc822-headers" || part.type.starts_with("message/"));
}

class MessageReading
{
public:
    MessageReading(std::string_view content, StreamSink& sink, const StreamLimits& limits,
                   StreamSet streams)
        : content_(content),
          writer_(sink, limits, streams),
          charsets_(kCharsetsOfMessage),
          field_streams_(writer_, charsets_),
          part_streams_(writer_, charsets_)
    {
    }

    StreamsRead read()
    {
        const auto read = read_parts(content_, part_limits(writer_.limits()));
        if (!read.is_complete) writer_.stop(read.why);
        for (const auto& part : read.parts) take(part);
        write_raw_to(content_.size(), Place());
        if (charsets_.is_full()) writer_.stop(std::to_string(kCharsetsOfMessage) + " charsets");
        return writer_.take_result();
    }

private:
    void take(const MimePart& part)
    {
        if (part.is_nested && !writer_.wants(Stream::nested)) return;
        auto place = place_of(part);
        place.offset = offset_of(part, part.body);
        take_header(part);
        if (part.role != MimePart::Role::container) write_raw(part, part.body, place);
        if (part.role != MimePart::Role::container || part.encoding != TransferEncoding::identity) {
            part_streams_.write(part, place);
        }
        if (is_of_fields(part)) take_field_blocks(part);
    }

    static Place place_of(const MimePart& part)
    {
        Place place;
        place.region = part.is_attachment ? Region::attachment : Region::text;
        place.part = part.number;
        place.is_signed = part.is_signed;
        return place;
    }

    void take_header(const MimePart& part)
    {
        auto place = place_of(part);
        if (part.is_message) place.part = part.message;
        HeaderField field;
        for (FieldReader reader(part.header); reader.next(field);) take_field(part, field, place);
        for (LateFieldReader reader(part.late); reader.next(field);) take_field(part, field, place);
    }

    /// Of a mail inside, the nested stream shows that it is a field; the raw one takes it for text.
    void take_field(const MimePart& part, const HeaderField& field, Place& place)
    {
        place.header = field.name;
        place.offset = offset_of(part, field.raw);
        place.region = part.is_nested ? place_of(part).region : Region::header;
        write_raw(part, field.raw, place);
        place.region = Region::header;
        if (part.is_nested) writer_.write(Stream::nested, place, field.raw);
        field_streams_.write(field.body, place);
    }

    /// Blocks of fields, empty lines between them.
    void take_field_blocks(const MimePart& part)
    {
        if (!writer_.wants(Stream::nested)) return;
        const bool is_encoded = part.encoding != TransferEncoding::identity;
        if (is_encoded && part.body.size() > writer_.limits().decoded_bytes) {
            return writer_.stop("too large a report inside");
        }
        const auto decoded = is_encoded ? decoded_body(part) : std::string();
        std::string_view text = is_encoded ? decoded : part.body;

        auto place = place_of(part);
        place.region = Region::header;
        place.offset = offset_of(part, part.body);
        HeaderField field;
        while (!text.empty()) {
            const auto block = block_at_front(text);
            for (LateFieldReader reader(block); reader.next(field);) {
                place.header = field.name;
                if (!is_encoded) place.offset = offset_of(part, field.raw);
                writer_.write(Stream::nested, place, field.raw);
                field_streams_.write(field.body, place);
            }
            text.remove_prefix(std::max<std::size_t>(block.size(), 1));
        }
    }

    static std::string_view block_at_front(std::string_view text)
    {
        for (auto newline = text.find('\n'); newline != text.npos;
             newline = text.find('\n', newline + 1)) {
            const auto next = text.substr(newline + 1);
            if (next.starts_with('\n') || next.starts_with("\r\n"))
                return text.substr(0, newline + 1);
        }
        return text;
    }

    std::size_t offset_of(const MimePart& part, std::string_view view) const
    {
        if (part.encoded_at != MimePart::kNotEncoded) return part.encoded_at;
        return static_cast<std::size_t>(view.data() - content_.data());
    }

    /// Up to the end of `view`; what was left out before it belongs to no place of its own.
    void write_raw(const MimePart& part, std::string_view view, const Place& place)
    {
        if (part.encoded_at != MimePart::kNotEncoded || view.empty()) return;
        if (!place.header.empty() && raw_end_ < place.offset) {
            write_raw_to(place.offset, place_of(part));
        }
        write_raw_to(place.offset + view.size(), place);
    }

    void write_raw_to(std::size_t end, const Place& place)
    {
        if (end <= raw_end_) return;
        auto from_here = place;
        from_here.offset = raw_end_;
        writer_.write(Stream::raw, from_here, content_.substr(raw_end_, end - raw_end_));
        raw_end_ = end;
    }

    std::string_view content_;
    StreamWriter writer_;
    Charsets charsets_;
    FieldStreams field_streams_;
    PartStreams part_streams_;
    std::size_t raw_end_ = 0;
};

}  // namespace

std::string_view stream_name(Stream stream) noexcept
{
    switch (stream) {
        case Stream::raw:
            return "raw";
        case Stream::unfolded:
            return "unfolded";
        case Stream::encoded_words:
            return "encoded words";
        case Stream::parameters:
            return "parameters";
        case Stream::header_token:
            return "header token";
        case Stream::transfer:
            return "transfer encoding";
        case Stream::uuencode:
            return "uuencode";
        case Stream::charset:
            return "charset";
        case Stream::html:
            return "html";
        case Stream::percent:
            return "percent";
        case Stream::nested:
            return "nested";
        case Stream::archive:
            return "archive";
    }
    return "unknown";
}

StreamsRead read_streams(std::string_view content, StreamSink& sink, const StreamLimits& limits,
                         StreamSet streams)
{
    return MessageReading(content, sink, limits, streams).read();
}

}  // namespace mail::privacy
