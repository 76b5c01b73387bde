#include "common/privacy/text_streams.h"

#include "common/privacy/excerpts.h"
#include "common/privacy/html_text.h"
#include "common/privacy/html_values.h"
#include "common/privacy/percent_text.h"

namespace mail::privacy
{

void TextStreams::write(const TextSource& text, const TextTraits& traits, bool is_html,
                        const Place& place)
{
    const bool may_change = traits.has_ampersand || traits.has_non_ascii || traits.has_nul;
    if (is_html && (may_change || traits.has_less_than)) {
        write_html(text, place);
    } else if (may_change) {
        write_references(text, place);
    }
    if (traits.has_percent) write_percent(text, place);
}

/// Without its tags; where references stand in tags, with them; where values in tags are on several
/// lines, on one.
void TextStreams::write_html(const TextSource& text, const Place& place)
{
    bool has_reference_in_tag = false;
    bool has_break_in_value = false;
    const TextSource shown = [&](OctetSink& sink) {
        HtmlText html(sink, HtmlText::Tags::removed);
        text(html);
        has_reference_in_tag = html.has_reference_in_tag();
        has_break_in_value = html.has_break_in_value();
    };
    const bool has_percent = write_stream(Stream::html, shown, place);
    if (has_percent) write_percent(shown, place);
    if (has_reference_in_tag) write_references(text, place);
    if (!has_break_in_value) return;
    const TextSource joined = [&](OctetSink& sink) {
        HtmlText html(sink, HtmlText::Tags::kept);
        HtmlValues values(html);
        text(values);
    };
    if (write_stream(Stream::html, joined, place)) write_percent(joined, place);
}

void TextStreams::write_references(const TextSource& text, const Place& place)
{
    const TextSource decoded = [&](OctetSink& sink) {
        HtmlText html(sink, HtmlText::Tags::kept);
        Excerpts excerpts(html, has_reference_or_invisible);
        text(excerpts);
    };
    const bool has_percent = write_stream(Stream::html, decoded, place);
    if (has_percent) write_percent(decoded, place);
}

/// Is there a percent sign in it?
bool TextStreams::write_stream(Stream stream, const TextSource& text, const Place& place)
{
    if (!writer_.wants(stream)) return false;
    StreamOutput output(writer_, stream, place);
    TraitsReader traits;
    Tee both(output, traits);
    text(both);
    return traits.traits().has_percent;
}

/// Twice, where the first round leaves escapes: programs encode what is encoded already.
void TextStreams::write_percent(const TextSource& text, const Place& place)
{
    const TextSource once = [&](OctetSink& sink) {
        HtmlText shown(sink, HtmlText::Tags::kept);  // `web1%E3%80%82internal`
        PercentDecoder decoder(shown);
        Excerpts excerpts(decoder, may_have_percent_escape);
        text(excerpts);
    };
    if (!write_stream(Stream::percent, once, place)) return;
    const TextSource twice = [&](OctetSink& sink) {
        PercentDecoder decoder(sink);
        Excerpts excerpts(decoder, may_have_percent_escape);
        once(excerpts);
    };
    write_stream(Stream::percent, twice, place);
}

}  // namespace mail::privacy
