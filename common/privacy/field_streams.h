/// The decoded streams of one header field.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/privacy/charset.h"
#include "common/privacy/message_view.h"
#include "common/privacy/stream_writer.h"

namespace mail::privacy
{

class FieldStreams
{
public:
    FieldStreams(StreamWriter& writer, Charsets& charsets)
        : writer_(writer), charsets_(charsets), tokens_left_(writer.limits().header_tokens)
    {
    }

    /// All but raw and nested, from the field's body.
    void write(std::string_view field_body, const Place& place);

private:
    void write_parameters(std::string_view field_body, const Place& place);
    void write_tokens(std::string_view line, const Place& place);
    void write_wide(std::string_view octets, const Place& place);
    void write_shown(Stream stream, std::string_view line, const Place& place);
    void write_percent(std::string_view line, const Place& place);

    StreamWriter& writer_;
    Charsets& charsets_;
    std::size_t tokens_left_;
};

}  // namespace mail::privacy
