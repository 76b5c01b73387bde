/// The streams of a text behind its charset: html and percent.
#pragma once

#include <functional>
#include <string_view>

#include "common/privacy/octet_sink.h"
#include "common/privacy/stream_writer.h"
#include "common/privacy/text_traits.h"

namespace mail::privacy
{

/// Runs a text through, as often as it is asked for.
using TextSource = std::function<void(OctetSink&)>;

class TextStreams
{
public:
    explicit TextStreams(StreamWriter& writer) : writer_(writer) {}

    void write(const TextSource& text, const TextTraits& traits, bool is_html, const Place& place);

private:
    void write_html(const TextSource& text, const Place& place);
    void write_references(const TextSource& text, const Place& place);
    bool write_stream(Stream stream, const TextSource& text, const Place& place);
    void write_percent(const TextSource& text, const Place& place);

    StreamWriter& writer_;
};

}  // namespace mail::privacy
